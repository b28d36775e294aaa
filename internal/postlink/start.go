package postlink

import (
	"errors"
	"fmt"
	"slices"
)

// withStart returns a module's sections with a function that the browser runs before it hands out the instance
// (https://webassembly.github.io/spec/core/syntax/modules.html#start-function), given the function's local variables and
// instructions. It is the last function, so that no other changes its number.
func withStart(sections []section, body []byte) ([]section, error) {
	var types, imports, functions, bodies uint32
	out := slices.Clone(sections)
	for i, s := range sections {
		r := reader{rest: s.content}
		switch s.id {
		case sectionType:
			out[i].content, types = withOneMore(&r, []byte{0x60, 0, 0}) // no parameters, no results
		case sectionImport:
			imports = r.uint32() // all are functions, see memorySize
		case sectionFunction:
			out[i].content, functions = withOneMore(&r, appendUint(nil, uint64(types)))
		case sectionStart:
			return nil, errors.New("the module has a start function")
		case sectionCode:
			out[i].content, bodies = withOneMore(&r, append(appendUint(nil, uint64(len(body))), body...))
		}
		if r.err != nil {
			return nil, fmt.Errorf("section %d: %w", s.id, r.err)
		}
	}
	if types == 0 || functions == 0 || functions != bodies {
		return nil, fmt.Errorf("the module has %d types, %d functions and the code of %d", types, functions, bodies)
	}
	later := slices.IndexFunc(out, func(s section) bool { return s.id > sectionStart }) // the code, if nothing else
	return slices.Insert(out, later, section{sectionStart, appendUint(nil, uint64(imports+functions))}), nil
}

// withOneMore returns the content of a section that is a list with one more item, and how many it had.
func withOneMore(r *reader, item []byte) (content []byte, n uint32) {
	n = r.uint32()
	return slices.Concat(appendUint(nil, uint64(n)+1), r.rest, item), n
}
