package postlink

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// module returns a module of the given sections, each with its id first.
func module(sections ...[]byte) []byte {
	out := []byte("\x00asm\x01\x00\x00\x00")
	for _, s := range sections {
		out = append(append(out, s[0], byte(len(s)-1)|0x80, byte((len(s)-1)>>7)), s[1:]...) // a longer number than needed
	}
	return out
}

// memory is a memory section with one memory of two pages.
var memory = []byte{5, 1, 0, 2}

// segment returns a segment at an offset below 2^13.
func segment(offset int, content string) []byte {
	return append([]byte{0, 0x41, byte(offset)&0x7f | 0x80, byte(offset >> 7), 0x0b, byte(len(content))}, content...)
}

func data(segments ...[]byte) []byte {
	return append([]byte{11, byte(len(segments))}, bytes.Join(segments, nil)...)
}

// joined returns a module after its memory was written anew.
func joined(program []byte) ([]byte, error) {
	sections, err := parseModule(program)
	if err != nil {
		return nil, err
	}
	err = editMemory(sections, func(img []byte) ([]byte, error) { return img, nil })
	return encodeModule(sections), err
}

func TestSegmentsAreJoined(t *testing.T) {
	zeros := func(n int) string { return string(make([]byte, n)) }
	tests := []struct {
		name string
		in   []byte
		want []byte
	}{
		{"none", data(), data()},
		{"one", data(segment(8, "abc")), data(segment(8, "abc"))},
		{"adjacent", data(segment(8, "abc"), segment(11, "d")), data(segment(8, "abcd"))},
		{"out of order", data(segment(11, "d"), segment(8, "abc")), data(segment(8, "abcd"))},
		{"a small gap", data(segment(8, "ab"), segment(20, "cd")), data(segment(8, "ab"+zeros(10)+"cd"))},
		{"a large gap", data(segment(8, "ab"), segment(10+gap, "cd")), data(segment(8, "ab"), segment(10+gap, "cd"))},
		{"zeros at both ends", data(segment(8, zeros(3)+"ab"+zeros(5))), data(segment(11, "ab"))},
		{"only zeros", data(segment(8, zeros(9)), segment(30, "")), data()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := joined(module(memory, test.in))
			require.NoError(t, err)
			sections, err := parseModule(got)
			require.NoError(t, err)
			want, err := joined(module(memory, test.want))
			require.NoError(t, err)
			assert.Equal(t, want, got)

			before, err := image(test.in[1:], 2*pageSize)
			require.NoError(t, err)
			after, err := image(sections[1].content, 2*pageSize)
			require.NoError(t, err)
			assert.Equal(t, strings.TrimRight(string(before), "\x00"), string(after))
			assert.Equal(t, test.want[1], sections[1].content[0], "segments")
		})
	}
}

func TestOtherSectionsStay(t *testing.T) {
	types, imports, code := []byte{1, 1, 0x60, 0, 0}, []byte{2, 1, 1, 'm', 1, 'f', 0, 0}, []byte{10, 0}
	segments := data(segment(0, "a"), segment(1, "b"))
	got, err := joined(module([]byte{0, 1, 'x', 'y'}, types, imports, memory, []byte{12, 2}, code, segments, []byte{0, 1, 'z'}))
	require.NoError(t, err)
	sections, err := parseModule(got)
	require.NoError(t, err)
	assert.Equal(t, []section{{0, []byte{1, 'x', 'y'}}, {1, types[1:]}, {2, imports[1:]}, {5, memory[1:]}, {12, []byte{1}}, {10, []byte{0}},
		{11, []byte{1, 0, 0x41, 0, 0x0b, 2, 'a', 'b'}}, {0, []byte{1, 'z'}}}, sections, "with the new count of segments")
}

func TestUnknownModulesAreRefused(t *testing.T) {
	sound := data(segment(8, "ab"))
	replaced := func(at int, b byte) []byte {
		s := slices.Clone(sound)
		s[at] = b
		return s
	}
	tests := []struct {
		name   string
		module []byte
		want   string
	}{
		{"nothing", nil, "not a WebAssembly module"},
		{"a component", []byte("\x00asm\x0d\x00\x01\x00"), "not a WebAssembly module of version 1"},
		{"a cut section", module(memory, sound)[:20], "section 11: unexpected end"},
		{"an unknown section", module(memory, []byte{13, 0}), "unknown section 13"},
		{"a section twice", module(memory, memory, sound), "section 5 is out of order"},
		{"sections out of order", module(sound, memory), "section 5 is out of order"},
		{"the data count out of order", module(memory, sound, []byte{12, 1}), "section 12 is out of order"},
		{"no memory", module(sound), "no memory"},
		{"an imported memory", module([]byte{2, 1, 1, 'm', 1, 'f', 2, 0, 1}, memory, sound), "imports other things than functions"},
		{"a cut import", module([]byte{2, 9, 1, 'm'}, memory, sound), "section 2: unexpected end"},
		{"two memories", module([]byte{5, 2, 0, 1, 0, 1}, sound), "2 memories"},
		{"a shared memory", module([]byte{5, 1, 3, 1, 1}, sound), "unknown kind 3"},
		{"a 64-bit memory", module([]byte{5, 1, 4, 1}, sound), "unknown kind 4"},
		{"trailing bytes after the memory", module([]byte{5, 1, 0, 1, 0}, sound), "section 5: 1 trailing bytes"},
		{"no data", module(memory), "no data"},
		{"a passive segment", module(memory, replaced(2, 1)), "segment 0 is of the unknown kind 1"},
		{"a segment for a memory by number", module(memory, replaced(2, 2)), "segment 0 is of the unknown kind 2"},
		{"an offset from a global", module(memory, replaced(3, 0x23)), "not a constant"},
		{"an offset of 64 bits", module(memory, replaced(3, 0x42)), "not a constant"},
		{"an offset that is computed", module(memory, replaced(6, 0x41)), "not a constant"},
		{"an overlap", module(memory, data(segment(8, "abc"), segment(10, "d"))), "segment 1 overlaps"},
		{"a segment beyond the memory", module([]byte{5, 1, 0, 0}, sound), "segment 0 reaches beyond the memory"},
		{"a negative offset", module(memory, append([]byte{11, 1}, 0, 0x41, 0x7f, 0x0b, 1, 'a')), "beyond the memory"},
		{"a cut segment", module(memory, sound[:len(sound)-1]), "data segment 0: unexpected end"},
		{"trailing bytes after the data", module(memory, append(slices.Clone(sound), 0)), "data section: 1 trailing bytes"},
		{"a wrong data count", module(memory, []byte{12, 2}, sound), "data count section: 2 segments"},
		{"trailing bytes after the data count", module(memory, []byte{12, 1, 0}, sound), "data count section: 1 trailing bytes"},
		{"a number too long", module(memory, append([]byte{11}, 0x81, 0x80, 0x80, 0x80, 0x80, 0)), "data section: a number is too large"},
		{"a program that is not Go's", module(memory, sound), "0 function tables"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Shrink(test.module)
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestNumbers(t *testing.T) {
	for _, v := range []int32{0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, -8193, math.MaxInt32, math.MinInt32} {
		r := reader{rest: appendInt(nil, int64(v))}
		assert.Equal(t, v, r.int32())
		assert.NoError(t, r.end())
		r = reader{rest: appendUint(nil, uint64(uint32(v)))}
		assert.Equal(t, uint32(v), r.uint32())
		assert.NoError(t, r.end())
	}
	for _, v := range []int64{math.MaxInt32 + 1, math.MinInt32 - 1, math.MaxInt64} {
		r := reader{rest: appendInt(nil, v)}
		r.int32()
		assert.Error(t, r.err, v)
	}
	r := reader{rest: appendUint(nil, math.MaxUint32+1)}
	r.uint32()
	assert.Error(t, r.err)
}
