package postlink

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// initialMemory returns the initial memory of a program, with its function tables.
func initialMemory(t *testing.T, program []byte) (img []byte, tab tables, funcs []function) {
	t.Helper()
	sections, err := parseModule(program)
	require.NoError(t, err)
	size, err := memorySize(sections)
	require.NoError(t, err)
	data, _, err := dataSections(sections)
	require.NoError(t, err)
	img, err = image(data.content, size)
	require.NoError(t, err)
	tab, err = findTables(img)
	require.NoError(t, err)
	funcs, err = functions(img, tab)
	require.NoError(t, err)
	return img, tab, funcs
}

func u32(img []byte, at int) int { return int(binary.LittleEndian.Uint32(img[at:])) }

func TestShrinkChangesNothingElse(t *testing.T) {
	program := stress(t)
	shrunk, err := Shrink(program)
	require.NoError(t, err)
	before, tab, funcs := initialMemory(t, program)
	after, tabAfter, funcsAfter := initialMemory(t, shrunk)
	require.Equal(t, tab, tabAfter)
	require.Equal(t, funcs, funcsAfter)
	require.Len(t, after, len(before))

	sections, err := parseModule(program)
	require.NoError(t, err)
	sectionsAfter, err := parseModule(shrunk)
	require.NoError(t, err)
	changed := func(s section) bool {
		return slices.Contains([]byte{sectionCustom, sectionType, sectionFunction, sectionStart, sectionCode, sectionData}, s.id)
	}
	assert.Equal(t, slices.DeleteFunc(sections, changed), slices.DeleteFunc(sectionsAfter, changed), "the other sections")

	// What may change. The functions' own checks follow.
	objects, used := objectEnds(before, tab, funcs), objectEnds(after, tab, funcs)
	mask := func(img []byte) []byte {
		img = slices.Clone(img)
		for _, s := range []span{tab.names, tab.units, tab.files, tab.pctab, tab.findfunc} {
			clear(img[s.from:s.to])
		}
		for from, to := range objects {
			if _, ok := used[from]; !ok {
				clear(img[tab.funcdata.from+int(from) : tab.funcdata.from+to])
			}
		}
		for _, f := range funcs {
			words := []int{f.at + funcName, f.at + funcPcsp, f.at + funcPcfile, f.at + funcPcln, f.at + funcUnit, f.at + funcStartLine}
			words = append(words, f.pcdata...)
			words = append(words, f.funcdata[min(funcdataArgInfo, len(f.funcdata)):min(funcdataArgLive+1, len(f.funcdata))]...)
			for _, at := range callsOf(t, before, tab, f) {
				words = append(words, at+inlinedName, at+inlinedStartLine)
			}
			for _, at := range words {
				clear(img[at : at+4])
			}
		}
		return img
	}
	require.True(t, bytes.Equal(mask(before), mask(after)), "the initial memory, except for the tables")

	assert.True(t, allZero(after[tab.units.from:tab.units.to]))
	assert.True(t, allZero(after[tab.files.from:tab.files.to]))
	replaced, inlined := 0, 0
	sameName := func(at int) string {
		name, nameAfter := nameOf(before, tab, at), nameOf(after, tab, at)
		switch nameAfter {
		case name:
		case "runtime.?":
			require.Regexp(t, `^runtime\.[^A-Z]`, name)
			replaced++
		default:
			require.Equal(t, "?", nameAfter)
			require.NotRegexp(t, `^(runtime|reflect)\.`, name)
		}
		return name
	}
	for _, f := range funcs {
		name := sameName(f.at + funcName)
		calls := callsOf(t, before, tab, f)
		require.Equal(t, calls, callsOf(t, after, tab, f))
		for _, at := range calls {
			sameName(at + inlinedName)
			require.Zero(t, u32(after, at+inlinedStartLine))
			inlined++
		}
		for _, off := range []int{funcPcfile, funcPcln, funcUnit, funcStartLine} {
			require.Zero(t, u32(after, f.at+off), name)
		}
		require.Equal(t, valuesOf(t, before, tab, f.at+funcPcsp), valuesOf(t, after, tab, f.at+funcPcsp), name)
		for i, at := range f.pcdata {
			if i == pcdataUnsafePoint || i == pcdataArgLiveIndex {
				require.Zero(t, u32(after, at), name)
			} else {
				require.Equal(t, valuesOf(t, before, tab, at), valuesOf(t, after, tab, at), name)
			}
		}
		for i, at := range f.funcdata {
			if i == funcdataArgInfo || i == funcdataArgLive {
				require.Equal(t, noFuncdata, u32(after, at), name)
			}
		}
	}
	assert.Greater(t, replaced, len(funcs)/4)
	assert.Greater(t, inlined, len(funcs), "the program was built with inlining")
	assert.True(t, allZero(after[tab.findfunc.from:tab.findfunc.to]), "written when the program starts")

	_, err = Shrink(shrunk)
	assert.ErrorContains(t, err, "the table to find functions by has 0 for function 1", "it was shrunk before")
}

// callsOf is inlinedCalls for a program that is sound.
func callsOf(t *testing.T, img []byte, tab tables, f function) []int {
	t.Helper()
	calls, err := inlinedCalls(img, tab, f)
	require.NoError(t, err)
	return calls
}

func allZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// nameOf returns the name to which the word at an address refers, as runtime.moduledata.funcName does.
func nameOf(img []byte, t tables, at int) string {
	if u32(img, at) == 0 {
		return ""
	}
	name, _, _ := bytes.Cut(img[t.names.from+u32(img, at):], []byte{0})
	return string(name)
}

// valuesOf returns the table of PC values to which the word at an address refers, decoded as runtime.step does it.
func valuesOf(t *testing.T, img []byte, tab tables, at int) [][2]int32 {
	t.Helper()
	offset := u32(img, at)
	if offset == 0 {
		return nil
	}
	var values [][2]int32
	value, pc := int32(-1), int32(0)
	for r := (reader{rest: img[tab.pctab.from+offset : tab.pctab.to]}); ; {
		delta := r.uint32()
		if delta == 0 && values != nil {
			return values
		}
		value += int32(-(delta & 1) ^ delta>>1)
		pc += int32(r.uint32())
		values = append(values, [2]int32{value, pc})
		require.NoError(t, r.err)
	}
}

func TestTrimRefusesUnknownTables(t *testing.T) {
	sound, tab, funcs := initialMemory(t, stress(t))
	header := bytes.Index(sound, []byte(pcHeader))
	addresses := occurrences(sound, binary.LittleEndian.AppendUint64(nil, uint64(header)))
	moduledata := addresses[slices.IndexFunc(addresses, func(at int) bool {
		_, ok := parseModuledata(sound, header, at)
		return ok
	})]
	inlined := slices.IndexFunc(funcs, func(f function) bool { return len(callsOf(t, sound, tab, f)) > 0 })
	inlTable := funcs[inlined].pcdata[pcdataInlTree]
	tests := []struct {
		name  string
		at    int
		value uint32
		want  string
	}{
		{"another magic number", header, 0xfffffff2, "0 function tables"},
		{"another offset in the header", header + 8*5, 4, "0 function tables"},
		{"another number of functions", header + 8*1, 7, "0 function tables"},
		{"another address in the module data", moduledata + 8*10, 8, "0 function tables"},
		{"another length in the module data", moduledata + 8*11, 0x7fffffff, "0 function tables"},
		{"another address of the function data", moduledata + 8*known.gofunc, 8, "0 function tables"},
		{"a function elsewhere", tab.functab.from + 4, 8, "function 0 is not where the table says"},
		{"a function out of the table", tab.functab.from + 4, 0x7fffffff, "function 0 is not where the table says"},
		{"a function too long", funcs[0].at + funcNpcdata, 0x7fffffff, "function 0 reaches beyond the table"},
		{"a name out of the table", funcs[0].at + funcName, 0x7fffffff, "out of range"},
		{"PC values out of the table", funcs[0].at + funcPcsp, 0x7fffffff, "out of range"},
		{"PC values at the end of the table", funcs[0].at + funcPcsp, uint32(tab.pctab.to - tab.pctab.from), "unexpected end"},
		{"inlined calls out of the data", funcs[inlined].funcdata[funcdataInlTree], 0x7fffffff, "is out of range"},
		{"a table of inlined calls out of the table", inlTable, 0x7fffffff, "is out of range"},
		{"a table of inlined calls at the end of the table", inlTable, uint32(tab.pctab.to - tab.pctab.from), "unexpected end"},
		{"another function to be found", tab.findfunc.from + findStride*3, 9, "has 9 for function 3"},
		{"a function with another number", tab.functab.from + 8*3, 9, "function 3 is not where"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			img := slices.Clone(sound)
			binary.LittleEndian.PutUint32(img[test.at:], test.value)
			_, err := trim(img)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestShortName(t *testing.T) {
	for name, want := range map[string]string{
		"runtime.gcStart":             "runtime.?",
		"runtime.(*mheap).alloc":      "runtime.?",
		"runtime.main.func1":          "runtime.?",
		"runtime.GC":                  "runtime.GC",
		"runtime.(*Func).Name":        "runtime.(*Func).Name",
		"runtime.(*PanicNilError).wr": "runtime.(*PanicNilError).wr",
		"runtime/debug.freeOSMemory":  "?",
		"reflect.makeFuncStub":        "reflect.makeFuncStub",
		"internal/runtime/maps.rand":  "?",
		"main.main":                   "?",
	} {
		got, err := shortName([]byte(name+"\x00next\x00"), 0)
		assert.NoError(t, err)
		assert.Equal(t, want+"\x00", got)
		got, err = shortName([]byte(name+"\x00"), 23)
		assert.NoError(t, err)
		assert.Equal(t, name+"\x00", got, "a wrapper")
	}
	_, err := shortName([]byte("runtime.x"), 0)
	assert.ErrorContains(t, err, "does not end")
}

func TestPackRefusesWhatDoesNotFit(t *testing.T) {
	refs := references{"12345678": {0}}
	assert.ErrorContains(t, refs.pack(make([]byte, 16), span{8, 16}, 1, shorterFirst), "does not fit")
}
