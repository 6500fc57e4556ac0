package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/nascent-go/nascent/kernel/wire"
)

// Connection is what a connection file says: where the kernel is to listen and
// how messages are signed.
type Connection struct {
	Transport   string `json:"transport"` // tcp or ipc
	IP          string `json:"ip"`        // for ipc: the beginning of the sockets' paths
	ShellPort   int    `json:"shell_port"`
	ControlPort int    `json:"control_port"`
	StdinPort   int    `json:"stdin_port"`
	IOPubPort   int    `json:"iopub_port"`
	HBPort      int    `json:"hb_port"`
	Scheme      string `json:"signature_scheme"`
	Key         string `json:"key"`
}

// maxConnectionFile is far more than a connection file ever holds.
const maxConnectionFile = 1 << 20

// ReadConnection reads a connection file and checks it. Each error names the
// file, what is wrong with it and what would be right.
func ReadConnection(path string) (Connection, error) {
	var c Connection
	text, err := readFile(path)
	if err != nil {
		return c, err
	}
	if err := c.parse(text); err != nil {
		return Connection{}, fmt.Errorf("connection file %s: %w", path, err)
	}
	return c, nil
}

// readFile reads a file that Jupyter has written for a kernel that it starts.
func readFile(path string) ([]byte, error) {
	if path == "" {
		return nil, errors.New("no connection file was named: start the kernel as Jupyter does, with -f FILE")
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("connection file %s does not exist: Jupyter writes it before it starts a kernel", path)
	case err != nil:
		return nil, fmt.Errorf("connection file can't be read: %w", err)
	case info.IsDir():
		return nil, fmt.Errorf("connection file %s is a folder; a file written by Jupyter is expected", path)
	case info.Size() > maxConnectionFile:
		return nil, fmt.Errorf("connection file %s has %d bytes: it can't be one that Jupyter wrote", path, info.Size())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("connection file can't be read: %w", err)
	}
	return text, nil
}

// decode reads JSON into a struct, and says what is wrong in the words of the file.
func decode(text []byte, into any) error {
	err := json.Unmarshal(text, into)
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return fmt.Errorf("%s is a JSON %s, not a %s", wrong.Field, wrong.Value, wrong.Type)
	}
	return fmt.Errorf("it is not a JSON object: %w", err)
}

func (c *Connection) parse(text []byte) error {
	if err := decode(text, c); err != nil {
		return err
	}
	var missing []string
	if c.Transport == "" {
		missing = append(missing, "transport")
	}
	if c.IP == "" {
		missing = append(missing, "ip")
	}
	used := map[int]string{}
	for _, p := range c.ports() {
		switch other := used[p.port]; {
		case p.port == 0:
			missing = append(missing, p.name)
		case p.port < 0 || p.port > 65535:
			return fmt.Errorf("%s is %d; a port is a number from 1 to 65535", p.name, p.port)
		case other != "":
			return fmt.Errorf("%s and %s are both %d; each socket needs a port of its own", other, p.name, p.port)
		default:
			used[p.port] = p.name
		}
	}
	if missing != nil {
		return fmt.Errorf("%s missing: a kernel needs transport, ip and the ports of shell, control, stdin, iopub and hb", strings.Join(missing, ", "))
	}
	return checkTransport(c.Transport, c.Scheme, c.Key)
}

// checkTransport checks what connection files and registration files have in common.
func checkTransport(transport, scheme, key string) error {
	if transport != "tcp" && transport != "ipc" {
		return fmt.Errorf("transport is %q; tcp and ipc are supported", transport)
	}
	_, err := wire.NewSigner(scheme, key)
	return err
}

type namedPort struct {
	name string
	port int
}

func (c *Connection) ports() [5]namedPort {
	return [5]namedPort{
		{"shell_port", c.ShellPort}, {"control_port", c.ControlPort}, {"stdin_port", c.StdinPort},
		{"iopub_port", c.IOPubPort}, {"hb_port", c.HBPort},
	}
}

// Address is where the socket with a port is, as package net names it.
func (c *Connection) Address(port int) (network, address string) {
	if c.Transport == "ipc" {
		return "unix", c.IP + "-" + strconv.Itoa(port)
	}
	ip := c.IP
	if ip == "*" {
		ip = ""
	}
	return "tcp", net.JoinHostPort(ip, strconv.Itoa(port))
}
