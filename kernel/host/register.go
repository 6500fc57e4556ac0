package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/nascent-go/nascent/kernel/host/zmtp"
	"github.com/nascent-go/nascent/kernel/wire"
)

// ackTime is how long the program that has started the kernel may take to
// acknowledge its ports; xeus waits as long.
const ackTime = 5 * time.Second

// registrationFile is what Jupyter may write instead of a connection file
// (protocol 5.6, JEP 66): the kernel chooses its ports itself and tells them to a
// socket of whoever has started it.
type registrationFile struct {
	KernelID  string     `json:"kernel_id"`
	Transport string     `json:"transport"` // tcp or ipc, for both ends
	IP        string     `json:"registration_ip"`
	Port      portNumber `json:"registration_port"`
	KernelIP  string     `json:"ip"` // where the kernel is to listen; xeus writes it, the protocol doesn't know it
	Scheme    string     `json:"signature_scheme"`
	Key       string     `json:"key"`
}

// portNumber is a port as the protocol writes it, a number, or as xeus does, a text.
type portNumber int

// UnmarshalJSON reads both.
func (p *portNumber) UnmarshalJSON(b []byte) error {
	n, err := strconv.Atoi(strings.Trim(string(b), `"`))
	if err != nil {
		return fmt.Errorf("%s is no port; a port is a number from 1 to 65535", b)
	}
	*p = portNumber(n)
	return nil
}

// isRegistration says whether a file is meant to be a registration file.
func isRegistration(text []byte) bool {
	var has struct {
		IP   json.RawMessage `json:"registration_ip"`
		Port json.RawMessage `json:"registration_port"`
	}
	return json.Unmarshal(text, &has) == nil && (has.IP != nil || has.Port != nil)
}

// kernelIDs are ids that can be part of a file's name.
var kernelIDs = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$`)

func (r *registrationFile) parse(text []byte) error {
	if err := decode(text, r); err != nil {
		return err
	}
	var missing []string
	for _, f := range []struct {
		name  string
		empty bool
	}{
		{"kernel_id", r.KernelID == ""}, {"transport", r.Transport == ""},
		{"registration_ip", r.IP == ""}, {"registration_port", r.Port == 0},
	} {
		if f.empty {
			missing = append(missing, f.name)
		}
	}
	switch {
	case missing != nil:
		return fmt.Errorf("%s missing: a kernel needs kernel_id, transport, registration_ip and registration_port", strings.Join(missing, ", "))
	case r.Port < 0 || r.Port > 65535:
		return fmt.Errorf("registration_port is %d; a port is a number from 1 to 65535", r.Port)
	case !kernelIDs.MatchString(r.KernelID):
		return fmt.Errorf("kernel_id is %q; at most 200 letters, digits and the signs - _ . are accepted", r.KernelID)
	}
	return checkTransport(r.Transport, r.Scheme, r.Key)
}

// launcher is the program that has started the kernel, as seen through its
// registration socket.
type launcher struct {
	file    registrationFile
	address string
	client  *zmtp.Client
}

// connectLauncher connects to the registration socket that a file names. The
// connection it returns has no ports yet: the kernel is to bind free ones.
func connectLauncher(ctx context.Context, r registrationFile) (*launcher, Connection, error) {
	there := Connection{Transport: r.Transport, IP: r.IP}
	network, address := there.Address(int(r.Port))
	ctx, cancel := context.WithTimeout(ctx, ackTime)
	defer cancel()
	client, err := zmtp.Dial(ctx, zmtp.Dealer, network, address, "", zmtp.Limits{Size: 1 << 20, Frames: 1 << 4})
	if err != nil {
		return nil, Connection{}, fmt.Errorf("registering the kernel: nobody answers at the registration socket %s: %w", address, err)
	}
	c := Connection{Transport: r.Transport, IP: r.KernelIP, Scheme: r.Scheme, Key: r.Key}
	switch local, _ := client.LocalAddr().(*net.TCPAddr); {
	case c.IP != "":
	case local != nil: // by this address the launcher can reach the kernel
		c.IP = local.IP.String()
	default:
		c.IP = r.IP
	}
	return &launcher{r, address, client}, c, nil
}

// register tells the launcher the kernel's ports and waits for its acknowledgement.
func (l *launcher) register(ctx context.Context, c Connection, s *wire.Signer, within time.Duration) error {
	content, err := json.Marshal(wire.Registration{
		KernelID: l.file.KernelID, ControlPort: strconv.Itoa(c.ControlPort), ShellPort: strconv.Itoa(c.ShellPort),
		StdinPort: strconv.Itoa(c.StdinPort), IOPubPort: strconv.Itoa(c.IOPubPort), HBPort: strconv.Itoa(c.HBPort),
	})
	if err != nil {
		return fmt.Errorf("registering the kernel: %w", err)
	}
	l.client.Send(wire.Seal(content, s))
	waiting, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	frames, err := l.client.Receive(waiting)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return fmt.Errorf("registering the kernel: the registration socket %s did not acknowledge the kernel's ports within %v; it must send a signed answer", l.address, within)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("registering the kernel: the registration socket %s closed the connection without acknowledging the kernel's ports", l.address)
	case err != nil:
		return fmt.Errorf("registering the kernel at %s: %w", l.address, err)
	}
	// What an acknowledgement says is left to the launcher: only its signature counts.
	if _, err := wire.Unseal(frames, s); err != nil {
		return fmt.Errorf("registering the kernel: the acknowledgement of the registration socket %s is not valid: %w", l.address, err)
	}
	return nil
}
