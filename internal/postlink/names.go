package postlink

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// funcValueOffset is where the functions begin in the module's table, and what the number of the first one is in a PC
// (cmd/link/internal/wasm/asm.go).
const funcValueOffset = 0x1000

// Names returns the names of a program's functions in their order, as the linker wrote them for tracebacks. Some share one,
// for the linker leaves out type arguments; one without a name is the runtime's own business.
func Names(linked []byte) ([]string, error) {
	names, err := names(linked)
	if err != nil {
		return nil, fmt.Errorf("read the names of functions: %w", err)
	}
	return names, nil
}

func names(linked []byte) ([]string, error) {
	sections, err := parseModule(linked)
	if err != nil {
		return nil, err
	}
	_, types, err := functionTypes(sections)
	if err != nil {
		return nil, err
	}
	all := make([]string, len(types))
	err = editMemory(sections, func(img []byte) ([]byte, error) {
		t, err := findTables(img)
		if err != nil {
			return nil, err
		}
		funcs, err := functions(img, t)
		if err != nil {
			return nil, err
		}
		first := t.first - funcValueOffset
		if first < 0 || first+len(funcs) > len(all) {
			return nil, fmt.Errorf("there are %d functions, but the tables have %d from %d on", len(all), len(funcs), first)
		}
		for i, f := range funcs {
			at := t.names.from + int(binary.LittleEndian.Uint32(img[f.at+funcName:]))
			if at >= t.names.to {
				return nil, fmt.Errorf("the name of function %d is out of range", i)
			}
			name, _, _ := bytes.Cut(img[at:t.names.to], []byte{0})
			all[first+i] = string(name)
		}
		return img, nil
	})
	return all, err
}

// Functions returns how many functions a module has, imported ones not counted.
func Functions(module []byte) (int, error) {
	sections, err := parseModule(module)
	if err != nil {
		return 0, err
	}
	function := find(sections, sectionFunction)
	if function == nil {
		return 0, errors.New("the module has no functions")
	}
	r := reader{rest: function.content}
	n := int(r.uint32())
	return n, r.err
}
