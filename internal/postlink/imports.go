package postlink

import (
	"errors"
	"fmt"
)

// ShortenImports returns a program that imports the same functions by names of one letter, and these names by the ones
// that the linker gave. The support file of whoever runs it has to name its functions so, too; what it has besides them
// the program never calls. It fails for a program with more functions than letters.
func ShortenImports(program []byte) (short []byte, names map[string]string, err error) {
	sections, err := parseModule(program)
	if err != nil {
		return nil, nil, fmt.Errorf("shorten the imports: %w", err)
	}
	imports := find(sections, sectionImport)
	if imports == nil {
		return nil, nil, errors.New("shorten the imports: the program has none")
	}
	r := reader{rest: imports.content}
	n := r.uint32()
	out := appendUint(nil, uint64(n))
	names = map[string]string{}
	for i := range n {
		module, name := string(r.bytes(r.uint32())), string(r.bytes(r.uint32()))
		kind, index := r.byte(), r.uint32() // of a function, see memorySize
		if i >= 26 {
			return nil, nil, fmt.Errorf("shorten the imports: %d are more than letters", n)
		}
		letter := string(rune('a' + i))
		names[name] = letter
		out = append(appendUint(out, uint64(len(module))), module...)
		out = append(appendUint(out, 1), letter...)
		out = appendUint(append(out, kind), uint64(index))
	}
	if err := r.end(); err != nil {
		return nil, nil, fmt.Errorf("shorten the imports: %w", err)
	}
	if len(names) != int(n) {
		return nil, nil, errors.New("shorten the imports: two have the same name")
	}
	imports.content = out
	return encodeModule(sections), names, nil
}
