package magic

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/pflag"
)

// seedName is the variable of the cells that is the session's seed.
const seedName = "Seed"

func seed() Command {
	return Command{
		Name: "seed", Usage: "[NUMBER | WORD...]", Form: Line, Most: -1,
		Short: "print the session's seed, set it, or print the one that it gives to a path of words",
		Long: "The seed is the Go variable Seed, a uint64: seed.Stream(Seed, \"weights\") opens a random stream that is the same\n" +
			"in every run, and strategies and data take Seed where they take a seed. If there is none yet, one is drawn.\n" +
			"Nothing else changes: since Go 1.24 the functions of math/rand itself, such as rand.Intn, can't be seeded; use\n" +
			"rand.New(rand.NewPCG(Seed, 0)) of math/rand/v2, or a stream.",
		Setup: func(*pflag.FlagSet) Runner { return runSeed },
	}
}

func runSeed(ctx context.Context, c *Call) error {
	if len(c.Args) == 1 {
		if n, err := strconv.ParseUint(c.Args[0], 0, 64); err == nil {
			return c.setSeed(ctx, n)
		} else if errors.Is(err, strconv.ErrRange) {
			return fmt.Errorf("%s is no seed: it must be below 2⁶⁴", c.Args[0])
		}
	}
	if c.Go.KindOf(seedName) == "" {
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return fmt.Errorf("drawing a seed: %w", err)
		}
		if err := c.setSeed(ctx, uint64(binary.LittleEndian.Uint32(b[:]))); err != nil { // short enough to be written down
			return err
		}
		if len(c.Args) == 0 {
			return nil
		}
	}
	values, err := c.Go.Values(ctx, seedName)
	if err != nil {
		return fmt.Errorf("reading the seed: %w", err)
	}
	n, ok := values[0].(uint64)
	switch {
	case !ok:
		return fmt.Errorf("%s is a %T; %%seed NUMBER makes it the session's seed", seedName, values[0])
	case len(c.Args) == 0:
		return c.Printf("%s = %d\n", seedName, n)
	case c.Config.Derive == nil:
		return errors.New("this kernel derives no seeds from others")
	}
	return c.Printf("%d\n", c.Config.Derive(n, c.Args...))
}

func (c *Call) setSeed(ctx context.Context, n uint64) error {
	if _, err := c.Go.Run(ctx, c.Input("%seed", fmt.Sprintf("var %s uint64 = %d", seedName, n))); err != nil {
		return fmt.Errorf("setting the seed: %w", err)
	}
	return c.Printf("%s = %d\n", seedName, n)
}
