package cuda

// Device says what a device is.
type Device struct {
	Name       string
	Memory     int64  // in bytes
	Capability string // the compute capability, such as 9.0
	Driver     string // the newest CUDA that the driver knows, such as 12.4
}

// Devices says which devices there are. Without one, or in a program without the tag cuda, the error
// is a sentence that says so.
func Devices() ([]Device, error) { return devices() }

// Usage is what all programs together use of a device.
type Usage struct {
	Name        string
	Used, Total int64 // bytes of memory
	Busy        int   // percent of the time, of late, in which device functions ran; -1: the device doesn't say
}

// Usages says what is used of each device of the machine. Looking takes milliseconds, and no
// memory of the devices. In a program without the tag cuda, and where NVIDIA's management library is
// not found, the error says so.
func Usages() ([]Usage, error) { return usages() }
