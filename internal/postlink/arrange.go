package postlink

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Arrange lays out the function tables of a program for Split, given the same names and the same functions: what only
// functions of the rest use comes last in each table, so that it can travel with them. The program must be one that Shrink
// made and Preinit did not: a runtime that has started keeps offsets in the tables (runtime/symtab.go, pcvalueCache).
func Arrange(shrunk []byte, names []string, first func(name string) bool) ([]byte, error) {
	arranged, err := arrange(shrunk, names, first)
	if err != nil {
		return nil, fmt.Errorf("arrange the function tables: %w", err)
	}
	return arranged, nil
}

func arrange(shrunk []byte, names []string, first func(name string) bool) ([]byte, error) {
	sections, err := parseModule(shrunk)
	if err != nil {
		return nil, err
	}
	c, err := readCode(sections)
	if err != nil {
		return nil, err
	}
	stays, err := c.staying(names, first)
	if err != nil {
		return nil, err
	}
	err = editMemory(sections, func(img []byte) ([]byte, error) {
		u, err := findUses(img, stays)
		if err != nil {
			return nil, err
		}
		return img, u.arrange(img)
	})
	return encodeModule(sections), err
}

// uses are the function tables, and which functions' code the first part has.
type uses struct {
	tables
	funcs []function
	stays []bool
	// standIn says in whose place in the table of functions another one stands until the rest is there: itself, for what the
	// first part knows. All that is asked of a function before it runs is its name and whether it is a special one
	// (runtime/traceback.go, isSystemGoroutine, of one that a new goroutine begins with).
	standIn []int
}

func findUses(img []byte, stays []bool) (u uses, err error) {
	if u.tables, err = findTables(img); err != nil {
		return u, err
	}
	if u.funcs, err = functions(img, u.tables); err != nil {
		return u, err
	}
	from := u.first - funcValueOffset
	if from < 0 || from+len(u.funcs) > len(stays) {
		return u, errors.New("the tables have other functions than the program")
	}
	u.stays = stays[from : from+len(u.funcs)]
	named := map[uint32]int{}
	for i, f := range u.funcs {
		u.standIn = append(u.standIn, i)
		if u.stays[i] || img[f.at+funcID] != 0 {
			continue
		}
		name := binary.LittleEndian.Uint32(img[f.at+funcName:])
		if other, ok := named[name]; ok {
			u.standIn[i] = other
		} else {
			named[name] = i
		}
	}
	return u, nil
}

// size returns how many bytes a function's structure and lists take.
func (f function) size() int { return funcSize + 4*(len(f.pcdata)+len(f.funcdata)) }

// arrange lays out the tables.
func (u uses) arrange(img []byte) error {
	pctabs, data := references{}, references{}
	early := map[int]bool{} // addresses of references that functions of the first part have
	ends := objectEnds(img, u.tables, u.funcs)
	for i, f := range u.funcs {
		for _, at := range append([]int{f.at + funcPcsp}, f.pcdata...) {
			early[at] = u.stays[i]
			if err := pctabs.add(img, u.pctab, at, pcvalues); err != nil {
				return err
			}
		}
		for _, at := range f.funcdata {
			early[at] = u.stays[i]
			if offset := binary.LittleEndian.Uint32(img[at:]); offset != noFuncdata {
				object := string(img[u.funcdata.from+int(offset) : u.funcdata.from+ends[offset]])
				data[object] = append(data[object], at)
			}
		}
	}
	for _, t := range []struct {
		references
		span
		from int
	}{{pctabs, u.pctab, 1}, {data, u.funcdata, 0}} {
		late := func(entry string) int {
			if slices.ContainsFunc(t.references[entry], func(at int) bool { return early[at] }) {
				return 0
			}
			return 1
		}
		if err := t.pack(img, t.span, t.from, func(a, b string) int { return cmp.Or(cmp.Compare(late(a), late(b)), shorterFirst(a, b)) }); err != nil {
			return err
		}
	}
	return u.arrangeFunctions(img)
}

// arrangeFunctions moves the structures that others stand in for behind the others.
func (u uses) arrangeFunctions(img []byte) error {
	to := u.functab.to
	for _, f := range u.funcs {
		to = min(to, f.at)
	}
	old := slices.Clone(img[to:u.functab.to])
	from := to
	clear(img[from:u.functab.to])
	for _, late := range []bool{false, true} {
		for i, f := range u.funcs {
			if (u.standIn[i] != i) != late {
				continue
			}
			if to+f.size() > u.functab.to {
				return errors.New("the structures of functions do not fit in their old place")
			}
			copy(img[to:], old[f.at-from:f.at-from+f.size()])
			u.point(img, i, to)
			to += f.size()
		}
	}
	return nil
}

// point has the table of functions say that a function's structure is at an address.
func (u uses) point(img []byte, i, at int) {
	binary.LittleEndian.PutUint32(img[u.functab.from+8*i+4:], uint32(at-u.functab.from))
}
