package wire

// UsageReply answers usage_request, whose content is Empty: what the kernel and
// its machine use. The message is not part of the protocol; the names are those
// of ipykernel, and front ends show them. What is not known is left out.
type UsageReply struct {
	Hostname   string         `json:"hostname,omitempty"`
	PID        int            `json:"pid"`                        // of the kernel
	CPU        *float64       `json:"kernel_cpu,omitempty"`       // percent of one CPU, all processes of the kernel together
	Memory     uint64         `json:"kernel_memory,omitempty"`    // bytes, all processes of the kernel together
	CPUCount   int            `json:"cpu_count"`                  // of the machine
	HostCPU    *float64       `json:"host_cpu_percent,omitempty"` // percent of all CPUs
	HostMemory *VirtualMemory `json:"host_virtual_memory,omitempty"`
	GPUs       []GPU          `json:"gpus,omitempty"` // of the machine; the protocol knows nothing of them
}

// GPU is what all programs together use of a device.
type GPU struct {
	Name        string   `json:"name"`
	Memory      uint64   `json:"memory_total"` // bytes
	Used        uint64   `json:"memory_used"`
	Utilization *float64 `json:"utilization_percent,omitempty"` // of the time, of late
}

// VirtualMemory is the memory of a machine, in bytes, as psutil.virtual_memory
// names it.
type VirtualMemory struct {
	Total     uint64  `json:"total"`
	Available uint64  `json:"available"` // can be had without swapping
	Percent   float64 `json:"percent"`   // of Total that is not Available
	Used      uint64  `json:"used"`
	Free      uint64  `json:"free"` // not used for anything
	Active    uint64  `json:"active"`
	Inactive  uint64  `json:"inactive"`
	Wired     uint64  `json:"wired,omitempty"` // can't be swapped out; Linux doesn't say
}
