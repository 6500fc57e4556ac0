// Package nvml asks NVIDIA's management library how busy the devices are. That takes no
// context on a device, and so none of its memory.
package nvml
