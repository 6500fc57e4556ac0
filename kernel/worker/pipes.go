//go:build unix

package worker

import "os"

// pipe is a pipe with both its ends.
type pipe struct{ r, w *os.File }

// pipes are those between a host and a worker: of each one end is the worker's,
// and of the standard streams both; the host keeps the reading ends of these too,
// for what the worker has not read when it dies.
type pipes struct{ in, out, words, stdout, stderr pipe }

func (p *pipes) all() []*pipe { return []*pipe{&p.in, &p.out, &p.words, &p.stdout, &p.stderr} }

// open makes all pipes, or none.
func (p *pipes) open() error {
	for _, x := range p.all() {
		var err error
		if x.r, x.w, err = os.Pipe(); err != nil {
			p.close()
			return err
		}
	}
	return nil
}

// closeTheirs closes the ends that are the worker's.
func (p *pipes) closeTheirs() {
	for _, f := range []*os.File{p.in.r, p.out.w, p.words.w, p.stdout.w, p.stderr.w} {
		f.Close()
	}
}

func (p *pipes) close() {
	for _, x := range p.all() {
		for _, f := range []*os.File{x.r, x.w} {
			if f != nil {
				f.Close()
			}
		}
	}
}
