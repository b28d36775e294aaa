package postlink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// pcHeader is how runtime.pcHeader begins on wasm: the magic number of Go 1.20 and later, two zeros, the smallest
// instruction size and the pointer size (runtime/symtab.go, pcHeader; internal/abi/symtab.go).
const pcHeader = "\xf1\xff\xff\xff\x00\x00\x01\x08"

const pcHeaderWords = 9 // of runtime.pcHeader

// layout says at which word of runtime.moduledata some fields lie that have moved between Go releases.
type layout struct {
	release          string
	gofunc, epclntab int
}

// known is the layout that this package reads. Go 1.26 had three words less before these fields.
var known = layout{release: "Go 1.27", gofunc: 43, epclntab: 44}

// tables says where the function tables lie in the memory. The linker writes them one after another, in this order
// (cmd/link/internal/ld/pcln.go, pclntab).
type tables struct {
	names    span // runtime.funcnametab: the functions' names
	units    span // runtime.cutab: where the file names of each compilation unit are
	files    span // runtime.filetab: the files' names
	pctab    span // runtime.pctab: encoded tables from a PC to a value
	functab  span // runtime.functab: first (entry, offset of the structure) for each function, then these runtime._func
	funcdata span // go:func.*: stack maps and the like
	findfunc span // runtime.findfunctab: from a PC to an index in functab
	nfunc    int
	first    int // the number of the first function: what its PC begins with
}

// findTables finds the function tables. Their header and the runtime.moduledata that refers to it must agree about all of
// them, which no other data does by accident.
func findTables(img []byte) (tables, error) {
	var found []tables
	for _, header := range occurrences(img, []byte(pcHeader)) {
		for _, at := range occurrences(img, binary.LittleEndian.AppendUint64(nil, uint64(header))) {
			if t, ok := parseModuledata(img, header, at); ok {
				found = append(found, t)
			}
		}
	}
	if len(found) != 1 {
		return tables{}, fmt.Errorf("the program has %d function tables in the layout of %s, not one", len(found), known.release)
	}
	return found[0], nil
}

// occurrences returns the addresses of a value of eight bytes, as those are aligned.
func occurrences(img, value []byte) []int {
	var found []int
	for at := 0; ; at += 8 {
		i := bytes.Index(img[at:], value)
		if i < 0 {
			return found
		}
		at += i &^ 7
		if i%8 == 0 {
			found = append(found, at)
		}
	}
}

// parseModuledata reads where the tables are from the runtime.moduledata at an address. It returns false if there is
// none for this header (runtime/symtab.go, moduledata; written by cmd/link/internal/ld/symtab.go, symtab).
func parseModuledata(img []byte, header, at int) (t tables, ok bool) {
	if header+8*pcHeaderWords > len(img) || at+8*(known.epclntab+1) > len(img) {
		return tables{}, false
	}
	word := func(at, i int) int { return int(binary.LittleEndian.Uint64(img[at+8*i:])) }
	slice := func(i, size int) span { return span{word(at, i), word(at, i) + size*word(at, i+1)} }

	t = tables{
		names:   slice(1, 1),
		units:   slice(4, 4),
		files:   slice(7, 1),
		pctab:   slice(10, 1),
		functab: slice(13, 1),
		nfunc:   word(header, 1),
	}
	ftab, findfunc, minpc, maxpc, gofunc, epclntab := slice(16, 8), word(at, 19), word(at, 20), word(at, 21), word(at, known.gofunc), word(at, known.epclntab)
	t.funcdata = span{gofunc, findfunc}
	t.findfunc = span{findfunc, findfunc + findfuncSize(maxpc-minpc)}
	t.first = (minpc - word(at, 22)) / functionPCs // less where the code begins

	// The header says again how many functions there are and, from its fifth word on, where five of the tables begin.
	ok = ftab.from == t.functab.from && word(at, 17) == t.nfunc+1 && ftab.to <= t.functab.to
	end := header + 8*pcHeaderWords
	for i, s := range []span{t.names, t.units, t.files, t.pctab, t.functab, t.funcdata, t.findfunc, {epclntab, len(img)}} {
		ok = ok && end <= s.from && s.from <= s.to && s.to <= len(img) && (i > 4 || s.from == header+word(header, 4+i))
		end = s.to
	}
	return t, ok
}

// Offsets in runtime._func (runtime/runtime2.go). A list of pcdata tables and one of funcdata follow the structure.
const (
	funcEntry     = 0  // entryOff
	funcName      = 4  // nameOff
	funcPcsp      = 16 // the size of the frame
	funcPcfile    = 20
	funcPcln      = 24
	funcNpcdata   = 28
	funcUnit      = 32 // cuOffset
	funcStartLine = 36
	funcID        = 40
	funcNfuncdata = 43
	funcSize      = 44
)

// Indexes in the lists of pcdata and funcdata (internal/abi/symtab.go).
const (
	pcdataUnsafePoint  = 0
	pcdataInlTree      = 2
	pcdataArgLiveIndex = 3
	funcdataInlTree    = 3
	funcdataArgInfo    = 5
	funcdataArgLive    = 6
)

// noFuncdata stands in the list of funcdata for an entry that a function does not have. In the list of pcdata, and for
// the tables in runtime._func, that is 0 (runtime/symtab.go, funcdata and pcvalue).
const noFuncdata = 0xffffffff

// function is where in the memory one function's structure and its lists lie.
type function struct {
	at       int
	pcdata   []int
	funcdata []int
}

// functions returns all functions.
func functions(img []byte, t tables) ([]function, error) {
	u32 := func(at int) int { return int(binary.LittleEndian.Uint32(img[at:])) }
	all := make([]function, t.nfunc)
	for i := range all {
		entry := t.functab.from + 8*i
		at := t.functab.from + u32(entry+4)
		if at+funcSize > t.functab.to || u32(at+funcEntry) != u32(entry) {
			return nil, fmt.Errorf("function %d is not where the table says", i)
		}
		f := function{at: at}
		at += funcSize
		pcdata, funcdata := u32(f.at+funcNpcdata), int(img[f.at+funcNfuncdata])
		if at+4*(pcdata+funcdata) > t.functab.to {
			return nil, fmt.Errorf("function %d reaches beyond the table", i)
		}
		for range pcdata {
			f.pcdata = append(f.pcdata, at)
			at += 4
		}
		for range funcdata {
			f.funcdata = append(f.funcdata, at)
			at += 4
		}
		all[i] = f
	}
	return all, nil
}

// objectEnds returns where each object in the table of funcdata ends, by where it begins: with the next one.
func objectEnds(img []byte, t tables, funcs []function) map[uint32]int {
	var all []uint32
	for _, f := range funcs {
		for _, at := range f.funcdata {
			if offset := binary.LittleEndian.Uint32(img[at:]); offset != noFuncdata {
				all = append(all, offset)
			}
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	ends := map[uint32]int{}
	for i, offset := range all {
		ends[offset] = t.funcdata.to - t.funcdata.from
		if i+1 < len(all) {
			ends[offset] = int(all[i+1])
		}
	}
	return ends
}
