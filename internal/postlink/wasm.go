package postlink

import (
	"errors"
	"fmt"
	"slices"
)

// Section ids of a WebAssembly module:
// https://webassembly.github.io/spec/core/binary/modules.html#sections.
const (
	sectionCustom    = 0
	sectionType      = 1
	sectionImport    = 2
	sectionFunction  = 3
	sectionTable     = 4
	sectionMemory    = 5
	sectionGlobal    = 6
	sectionExport    = 7
	sectionStart     = 8
	sectionElement   = 9
	sectionCode      = 10
	sectionData      = 11
	sectionDataCount = 12
)

// header is the magic number and the version that begin a module.
const header = "\x00asm\x01\x00\x00\x00"

const pageSize = 64 << 10

// section is one section of a module, without its id and length.
type section struct {
	id      byte
	content []byte
}

// find returns the section with an id, or nil.
func find(sections []section, id byte) *section {
	if i := slices.IndexFunc(sections, func(s section) bool { return s.id == id }); i >= 0 {
		return &sections[i]
	}
	return nil
}

// parseModule splits a module into its sections. Sections other than custom ones stand at most once, in the order that
// the specification gives.
func parseModule(program []byte) ([]section, error) {
	if len(program) < len(header) || string(program[:len(header)]) != header {
		return nil, errors.New("not a WebAssembly module of version 1")
	}
	r := reader{rest: program[len(header):]}
	var sections []section
	last := 0
	for len(r.rest) > 0 {
		id := r.byte()
		content := r.bytes(r.uint32())
		if r.err != nil {
			return nil, fmt.Errorf("section %d: %w", id, r.err)
		}
		if id != sectionCustom {
			at, ok := order(id)
			if !ok {
				return nil, fmt.Errorf("unknown section %d", id)
			}
			if at <= last {
				return nil, fmt.Errorf("section %d is out of order", id)
			}
			last = at
		}
		sections = append(sections, section{id, content})
	}
	return sections, nil
}

// order returns the place of a section among the others: that of its id, but for the data count, which stands before
// the code so that a compiler knows it in time.
func order(id byte) (place int, known bool) {
	switch {
	case id == sectionDataCount:
		return 2*sectionElement + 1, true
	case id <= sectionData:
		return 2 * int(id), true
	}
	return 0, false
}

// encodeModule is the reverse of parseModule.
func encodeModule(sections []section) []byte {
	out := []byte(header)
	for _, s := range sections {
		out = append(out, s.id)
		out = appendUint(out, uint64(len(s.content)))
		out = append(out, s.content...)
	}
	return out
}

// memorySize returns the initial size in bytes of the module's memory, which must be the only one and its own: the
// segments then initialize this memory, and it is zero before.
func memorySize(sections []section) (uint64, error) {
	var size uint64
	found := false
	for _, s := range sections {
		r := reader{rest: s.content}
		switch s.id {
		case sectionImport:
			for range r.uint32() {
				r.bytes(r.uint32()) // module
				r.bytes(r.uint32()) // name
				if kind := r.byte(); r.err == nil && kind != 0 {
					return 0, errors.New("the module imports other things than functions")
				}
				r.uint32() // type
				if r.err != nil {
					break
				}
			}
		case sectionMemory:
			found = true
			if n := r.uint32(); r.err == nil && n != 1 {
				return 0, fmt.Errorf("the module has %d memories, not one", n)
			}
			limits := r.byte()
			if r.err == nil && limits > 1 {
				return 0, fmt.Errorf("the memory is of the unknown kind %d", limits)
			}
			size = uint64(r.uint32()) * pageSize
			if limits == 1 {
				r.uint32() // maximum
			}
		default:
			continue
		}
		if err := r.end(); err != nil {
			return 0, fmt.Errorf("section %d: %w", s.id, err)
		}
	}
	if !found {
		return 0, errors.New("the module has no memory")
	}
	return size, nil
}

// reader takes values off the front of rest. After an error it keeps returning zeros, so that callers check err where
// it suits them.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) byte() byte {
	if b := r.bytes(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) bytes(n uint32) []byte {
	if r.err == nil && uint64(n) > uint64(len(r.rest)) {
		r.err = errors.New("unexpected end")
	}
	if r.err != nil {
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// uint32 reads an unsigned LEB128 number, https://webassembly.github.io/spec/core/binary/values.html#integers.
func (r *reader) uint32() uint32 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			if v > 0xffffffff {
				break
			}
			return uint32(v)
		}
	}
	return r.fail()
}

// int32 reads a signed LEB128 number.
func (r *reader) int32() int32 {
	var v int64
	for shift := 0; shift < 35; shift += 7 {
		b := r.byte()
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if b&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			if v != int64(int32(v)) {
				break
			}
			return int32(v)
		}
	}
	return int32(r.fail())
}

func (r *reader) fail() uint32 {
	if r.err == nil {
		r.err = errors.New("a number is too large")
	}
	return 0
}

// end returns the reader's error, or one if anything is left.
func (r *reader) end() error {
	if r.err == nil && len(r.rest) > 0 {
		r.err = fmt.Errorf("%d trailing bytes", len(r.rest))
	}
	return r.err
}

func appendUint(out []byte, v uint64) []byte {
	for ; v >= 0x80; v >>= 7 {
		out = append(out, byte(v)|0x80)
	}
	return append(out, byte(v))
}

func appendInt(out []byte, v int64) []byte {
	for ; v < -0x40 || v >= 0x40; v >>= 7 {
		out = append(out, byte(v)&0x7f|0x80)
	}
	return append(out, byte(v)&0x7f)
}
