// Package postlink makes a linked Go program for the browser smaller to send (Shrink), quicker to start (Preinit), and
// able to start without all of its code (Arrange and Split), after the linker and without changing what the program does.
//
// The Go linker leaves two things that cost a visitor time. It splits the initial memory into tens of thousands of
// segments to skip runs of eight and more zeros (cmd/link/internal/wasm/asm.go, writeDataSec), whose offsets and lengths
// compress far worse than the zeros would. And it writes tables for tracebacks even with -s and -w: file names, line
// numbers, names and the like, which matter only once the program has crashed. What is left then starts the Go runtime on
// each page anew, to the same state each time.
//
// The layout of the tables, and what a program asks of its surroundings when it starts, is private to a Go release. The
// package checks what it reads and refuses what it does not know: then the program is used as the linker left it
// (internal/dist). Its tests show whether the facts that it cites from the toolchain's source still hold. They were read
// in Go 1.27.
package postlink

import (
	"fmt"
	"slices"
)

// Shrink returns a program for js/wasm that does the same in fewer compressed bytes. It joins the data segments, drops
// the custom sections, and removes what only tracebacks use: an uncaught panic still prints its message and which goroutines
// there are, but "?" for functions and "?:0" for their files and lines. [runtime.Caller] and the like say that, too. A
// table that is a rule rather than data (see findfunc.go) is written when the program starts.
//
// The program must be one that Go's linker wrote. Shrink fails for any other layout, and for one that was shrunk before.
func Shrink(program []byte) ([]byte, error) {
	shrunk, err := shrink(program)
	if err != nil {
		return nil, fmt.Errorf("shrink the program: %w", err)
	}
	return shrunk, nil
}

func shrink(program []byte) ([]byte, error) {
	sections, err := parseModule(program)
	if err != nil {
		return nil, err
	}
	sections = slices.DeleteFunc(sections, func(s section) bool { return s.id == sectionCustom }) // for debuggers only
	var start []byte
	if err := editMemory(sections, func(img []byte) (_ []byte, err error) {
		start, err = trim(img)
		return img, err
	}); err != nil {
		return nil, err
	}
	if sections, err = withStart(sections, start); err != nil {
		return nil, err
	}
	return encodeModule(sections), nil
}

// editMemory gives edit the initial memory of a module, and writes the one that it returns in as few segments as is good.
//
// It need not look for instructions that name a data segment (memory.init, data.drop): Go uses none, and one that named
// a segment which is gone would make the module invalid, which a browser reports.
func editMemory(sections []section, edit func(img []byte) ([]byte, error)) error {
	memory, err := memorySize(sections)
	if err != nil {
		return err
	}
	data, count, err := dataSections(sections)
	if err != nil {
		return err
	}
	img, err := image(data.content, memory)
	if err != nil {
		return err
	}
	if img, err = edit(img); err != nil {
		return err
	}
	var segments int
	data.content, segments = encodeData(img)
	if count != nil {
		count.content = appendUint(nil, uint64(segments))
	}
	return nil
}
