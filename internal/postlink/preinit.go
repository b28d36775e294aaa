package postlink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Preinit returns a program that begins where the given one waits for the page: with the Go runtime started and the
// packages initialized. A browser would have to compile and run hundreds of functions for that, each time a page is
// loaded. Preinit runs the program up to there and makes what is then in its memory and its globals the initial ones,
// as Wizer does for programs in other languages (https://github.com/bytecodealliance/wizer). The result depends on the
// program alone.
//
// The program must be one that Go's linker wrote, and wait as internal/browser.WaitForPage does before it asks anything
// of the page; Preinit fails for any other. The runtime resumes it (web/runtime/run.js); the export run, which would start
// it again, is gone. The runtime's own random numbers are the same in all pages. They decide about the order of maps, the
// hashes in them, and the cases of select: nothing in the program may take them for secrets.
func Preinit(ctx context.Context, program []byte) ([]byte, error) {
	out, err := preinit(ctx, program)
	if err != nil {
		return nil, fmt.Errorf("start the program ahead of time: %w", err)
	}
	return out, nil
}

func preinit(ctx context.Context, program []byte) ([]byte, error) {
	sections, err := parseModule(program)
	if err != nil {
		return nil, err
	}
	if err := editMemory(sections, func(initial []byte) ([]byte, error) {
		global, export, memory := find(sections, sectionGlobal), find(sections, sectionExport), find(sections, sectionMemory)
		if global == nil || export == nil || !bytes.Equal(global.content, globalSection([globals]uint64{})) {
			return nil, errors.New("the module's globals or exports are not those of a Go program")
		}
		with, without, err := editExports(export.content)
		if err != nil {
			return nil, err
		}
		export.content = with
		s, err := runToWait(ctx, encodeModule(sections))
		if err != nil {
			return nil, err
		}
		export.content = without
		global.content = globalSection(s.globals)
		memory.content = appendUint([]byte{1, 0}, uint64(len(s.waiting)/pageSize)) // one, without a maximum
		return s.image(initial)
	}); err != nil {
		return nil, err
	}
	return encodeModule(sections), nil
}

// The globals of a Go program are registers, the stack pointer and PAUSE among them. They are variable, two of 32 bits
// and others of 64, and zero in the beginning (cmd/link/internal/wasm/asm.go, writeGlobalSec).
const (
	globals     = 8
	globalPause = 7
)

// globalSection returns the section that gives the globals their initial values.
func globalSection(values [globals]uint64) []byte {
	out := []byte{globals}
	for i, v := range values {
		if i == 0 || i == globalPause {
			out = appendInt(append(out, 0x7f, 1, opI32Const), int64(int32(v)))
		} else {
			out = appendInt(append(out, 0x7e, 1, opI64Const), int64(v))
		}
		out = append(out, opEnd)
	}
	return out
}

// globalName is what a global is exported by while the program is run.
func globalName(i int) string { return "global" + strconv.Itoa(i) }

// editExports returns the content of the export section with the globals, and without the function run.
func editExports(content []byte) (with, without []byte, err error) {
	r := reader{rest: content}
	n := r.uint32()
	kept := 0
	for range n {
		item := r.rest
		name := string(r.bytes(r.uint32()))
		r.byte()   // kind
		r.uint32() // index
		if r.err != nil {
			break
		}
		item = item[:len(item)-len(r.rest)]
		with = append(with, item...)
		if name != "run" {
			without = append(without, item...)
			kept++
		}
	}
	if err := r.end(); err != nil {
		return nil, nil, fmt.Errorf("export section: %w", err)
	}
	for i := range globals {
		name := globalName(i)
		with = append(append(appendUint(with, uint64(len(name))), name...), 3, byte(i)) // 3 is for a global
	}
	return append(appendUint(nil, uint64(n)+globals), with...), append(appendUint(nil, uint64(kept)), without...), nil
}

// snapshot is what a program left when it began to wait.
type snapshot struct {
	started []byte // the memory before it ran, but after the module's start function
	waiting []byte // the memory
	globals [globals]uint64
}

// image returns the initial memory from which the program goes on, given the one that it had. What the start function
// writes stays out: it will write it again.
func (s *snapshot) image(initial []byte) ([]byte, error) {
	img := slices.Clone(s.waiting)
	for i, now := range s.started {
		var before byte
		if i < len(initial) {
			before = initial[i]
		}
		if now == before {
			continue
		}
		if img[i] != now {
			return nil, fmt.Errorf("the program changed at %#x what the start function wrote", i)
		}
		img[i] = before
	}
	return img, nil
}
