package postlink

import (
	"errors"
	"fmt"
	"slices"
)

// CalledFrom is where the memory of a program that Count made says which functions were called: a byte for each of them,
// in their order, is 1 from the first call on. The linker leaves this part of the memory to arguments and environment
// variables (cmd/link/internal/ld/data.go, wasmMinDataAddr), which a page has none of.
const (
	CalledFrom = 4096
	calledTo   = CalledFrom + 8192
)

// Count returns a program that does the same and notes which of its functions are called, see CalledFrom, given their names
// (see Names). It collects no garbage, as the first part of one that was split. The program must be one that Preinit
// made: what ran before does not count.
func Count(program []byte, names []string) ([]byte, error) {
	counting, err := count(program, names)
	if err != nil {
		return nil, fmt.Errorf("have the program note its calls: %w", err)
	}
	return counting, nil
}

func count(program []byte, names []string) ([]byte, error) {
	sections, err := parseModule(program)
	if err != nil {
		return nil, err
	}
	c, err := readCode(sections)
	if err != nil {
		return nil, err
	}
	if CalledFrom+c.inTable > calledTo {
		return nil, errors.New("it has too many functions")
	}
	for i, body := range c.bodies[:c.inTable] {
		if c.types[i] != 0 {
			continue
		}
		at, err := localVariables(body)
		if err != nil {
			return nil, err
		}
		if i < len(names) && names[i] == collector {
			c.bodies[i] = slices.Insert(slices.Clone(body), at, skipCollection()...)
			continue
		}
		note := appendUint([]byte{opI32Const, 0, opI32Const, 1, opI32Store8, 0}, uint64(CalledFrom+i))
		c.bodies[i] = slices.Insert(slices.Clone(body), at, note...)
	}
	find(sections, sectionCode).content = encodeBodies(c.bodies)
	return encodeModule(sections), nil
}
