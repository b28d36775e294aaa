package postlink

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// trim removes from a program's initial memory what only tracebacks use, and lays out the rest so that it compresses.
// Nothing that remains moves, except inside the tables of names and of PC values, which are reached by offsets alone. It
// returns the body of the function that has to run before the program does, see [withStart].
func trim(img []byte) (start []byte, err error) {
	t, err := findTables(img)
	if err != nil {
		return nil, err
	}
	funcs, err := functions(img, t)
	if err != nil {
		return nil, err
	}
	names, pctabs := references{}, references{}
	addName := func(at int, id byte) error {
		return names.add(img, t.names, at, func(b []byte) (string, error) { return shortName(b, id) })
	}
	ends := objectEnds(img, t, funcs)
	for _, f := range funcs {
		trimFunction(img, f)
		if err := addName(f.at+funcName, img[f.at+funcID]); err != nil {
			return nil, err
		}
		calls, err := inlinedCalls(img, t, f)
		if err != nil {
			return nil, err
		}
		for _, at := range calls {
			binary.LittleEndian.PutUint32(img[at+inlinedStartLine:], 0)
			if err := addName(at+inlinedName, img[at+inlinedFuncID]); err != nil {
				return nil, err
			}
		}
		for _, at := range append([]int{f.at + funcPcsp}, f.pcdata...) {
			if err := pctabs.add(img, t.pctab, at, pcvalues); err != nil {
				return nil, err
			}
		}
	}
	if err := names.pack(img, t.names, 1, strings.Compare); err != nil {
		return nil, err
	}
	if err := pctabs.pack(img, t.pctab, 1, shorterFirst); err != nil {
		return nil, err
	}
	used := objectEnds(img, t, funcs)
	for from, to := range ends {
		if _, ok := used[from]; !ok {
			clear(img[t.funcdata.from+int(from) : t.funcdata.from+to])
		}
	}
	clear(img[t.units.from:t.units.to])
	clear(img[t.files.from:t.files.to])
	return takeFindfunc(img, t)
}

// trimFunction removes a function's references to tables that only tracebacks use. The runtime takes a reference that
// is gone for "unknown", also outside tracebacks; only a table that is there and does not have a PC makes it throw
// (runtime/symtab.go, pcvalue, funcline1 and funcdata).
func trimFunction(img []byte, f function) {
	put := func(at int, v uint32) { binary.LittleEndian.PutUint32(img[at:], v) }
	for _, off := range []int{funcPcfile, funcPcln, funcUnit, funcStartLine} {
		put(f.at+off, 0)
	}
	for i, at := range f.pcdata {
		switch i {
		case pcdataArgLiveIndex, // for the arguments in a traceback (runtime/traceback.go, printArgs)
			pcdataUnsafePoint: // for asynchronous preemption, which wasm does not have (runtime/os_wasm.go, preemptMSupported)
			put(at, 0)
		}
	}
	for i, at := range f.funcdata {
		switch i {
		case funcdataArgInfo, funcdataArgLive: // printArgs again
			put(at, noFuncdata)
		}
	}
}

// Offsets in runtime.inlinedCall (runtime/symtabinl.go). The runtime counts frames by these, in recover for one
// (runtime/panic.go, gorecover).
const (
	inlinedFuncID    = 0
	inlinedName      = 4 // nameOff
	inlinedStartLine = 12
	inlinedSize      = 16
)

// inlinedCalls returns the addresses of the structures for the calls that were inlined into a function: those that its
// table from a PC to an index names.
func inlinedCalls(img []byte, t tables, f function) ([]int, error) {
	if len(f.pcdata) <= pcdataInlTree || len(f.funcdata) <= funcdataInlTree {
		return nil, nil
	}
	tab, tree := binary.LittleEndian.Uint32(img[f.pcdata[pcdataInlTree]:]), binary.LittleEndian.Uint32(img[f.funcdata[funcdataInlTree]:])
	if tab == 0 || tree == noFuncdata {
		return nil, nil
	}
	if int(tab) > t.pctab.to-t.pctab.from {
		return nil, fmt.Errorf("the table of calls inlined at %#x is out of range", f.at)
	}
	var calls []int
	indexes := map[int32]bool{-1: true} // for what is not inlined
	if _, err := eachValue(img[t.pctab.from+int(tab):t.pctab.to], func(index int32) {
		if !indexes[index] {
			indexes[index] = true
			calls = append(calls, t.funcdata.from+int(tree)+int(index)*inlinedSize)
		}
	}); err != nil {
		return nil, fmt.Errorf("the table of calls inlined at %#x: %w", f.at, err)
	}
	for _, at := range calls {
		if at < t.funcdata.from || at+inlinedSize > t.funcdata.to {
			return nil, fmt.Errorf("a call inlined at %#x is out of range", f.at)
		}
	}
	return calls, nil
}

// What replaces the names that only a crash prints.
const (
	someName        = "?\x00"
	someRuntimeName = "runtime.?\x00"
)

// shortName returns the name at the start of b with its final zero, or what replaces it. The runtime looks at names, too:
//   - for the prefix "runtime." (runtime/traceback.go, isSystemGoroutine, on which the detection of deadlocks rests),
//   - for functions with an id of their own, that is, for wrappers in the message of a panic and for runtime.gopanic
//     (runtime/error.go, panicwrap; runtime/traceback.go, showfuncinfo),
//   - for exported functions of its own (runtime/traceback.go, isExportedRuntime),
//   - for names in the package reflect (runtime/stkframe.go, argMapInternal; reflect/value.go, valueMethodName).
func shortName(b []byte, id byte) (string, error) {
	i := bytes.IndexByte(b, 0)
	if i < 0 {
		return "", errors.New("a function's name does not end")
	}
	rest, ofRuntime := bytes.CutPrefix(b[:i], []byte("runtime."))
	rest = bytes.TrimPrefix(rest, []byte("(*"))
	exported := len(rest) > 0 && 'A' <= rest[0] && rest[0] <= 'Z'
	switch {
	case id != 0, ofRuntime && exported, bytes.HasPrefix(b, []byte("reflect.")):
		return string(b[:i+1]), nil
	case ofRuntime:
		return someRuntimeName, nil
	}
	return someName, nil
}

// pcvalues returns the encoded table of PC values at the start of b.
func pcvalues(b []byte) (string, error) {
	n, err := eachValue(b, func(int32) {})
	return string(b[:n]), err
}

// eachValue calls a function with each value of the encoded table of PC values at the start of b, and returns the
// table's length. It has pairs of differences of the value, which begins as -1, and of the PC, up to a value difference
// of zero other than the first (runtime/symtab.go, step).
func eachValue(b []byte, visit func(value int32)) (length int, err error) {
	r := reader{rest: b}
	value := int32(-1)
	for first := true; ; first = false {
		delta := r.uint32()
		if r.err != nil || delta == 0 && !first {
			return len(b) - len(r.rest), r.err
		}
		value += int32(-(delta & 1) ^ delta>>1)
		r.uint32()
		visit(value)
	}
}

// references has the addresses of the references to each entry of a table, by the entry's content.
type references map[string][]int

// add adds the reference at an address, an offset in the table, unless it is 0: the runtime takes that for no table
// and for no name. The function read takes the entry off the front of a part of the table.
func (r references) add(img []byte, table span, at int, read func([]byte) (string, error)) error {
	offset := int(binary.LittleEndian.Uint32(img[at:]))
	if offset == 0 {
		return nil
	}
	if offset > table.to-table.from {
		return fmt.Errorf("a reference at %#x is out of range", at)
	}
	entry, err := read(img[table.from+offset : table.to])
	if err != nil {
		return fmt.Errorf("what %#x refers to: %w", at, err)
	}
	r[entry] = append(r[entry], at)
	return nil
}

// pack writes the table anew, with nothing but the entries that something refers to, in an order that puts similar ones
// side by side, for that compresses best. The first one comes at offset.
func (r references) pack(img []byte, table span, offset int, order func(a, b string) int) error {
	out := img[table.from:table.to]
	clear(out)
	for _, entry := range slices.SortedFunc(maps.Keys(r), order) {
		if offset+len(entry) > len(out) {
			return errors.New("a table does not fit in its old place")
		}
		copy(out[offset:], entry)
		for _, at := range r[entry] {
			binary.LittleEndian.PutUint32(img[at:], uint32(offset))
		}
		offset += len(entry)
	}
	return nil
}

// shorterFirst orders by length, then by content.
func shorterFirst(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}
