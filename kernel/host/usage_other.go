//go:build unix && !linux

package host

import "github.com/nascent-go/nascent/kernel/wire"

// probe looks at what the kernel and its machine use. Here only little is known
// without asking other programs.
type probe struct{}

func (*probe) look() wire.UsageReply { return basicUsage() }
