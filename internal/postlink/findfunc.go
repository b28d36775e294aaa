package postlink

import (
	"encoding/binary"
	"fmt"
)

// findfunctab has a bucket of 4 + 16 bytes for every 4096 PCs: the index of the first function that has any of these
// PCs, and what to add to it for each sixteenth (runtime/symtab.go, findfuncbucket; internal/abi/symtab.go,
// FuncTabBucketSize). On wasm a function has 65536 PCs, of which the runtime looks up the first (runtime/symtab.go,
// findfunc): it reads one index in sixteen buckets, and these count from zero. The table would be a quarter of what a
// visitor's browser has to unpack, check and copy.
const (
	findBucketPCs  = 4096
	findBucketSize = 4 + 16
	functionPCs    = 1 << 16
	findStride     = functionPCs / findBucketPCs * findBucketSize // from the index of a function to that of the next
)

// findfuncSize returns the size of findfunctab for a number of PCs. Its last bucket has no more sixteenths than it needs
// (cmd/link/internal/ld/pcln.go, findfunctab).
func findfuncSize(pcs int) int { return 4*((pcs+findBucketPCs-1)/findBucketPCs) + (pcs+255)/256 }

// takeFindfunc removes findfunctab from the memory and returns the body of a function that writes what is read of it.
func takeFindfunc(img []byte, t tables) (body []byte, err error) {
	if t.findfunc.to-t.findfunc.from < (t.nfunc-1)*findStride+4 {
		return nil, fmt.Errorf("the table to find functions by is too short for %d of them", t.nfunc)
	}
	for i := range t.nfunc {
		entry, at := t.functab.from+8*i, t.findfunc.from+findStride*i
		if number := binary.LittleEndian.Uint32(img[entry:]); number != uint32(t.first+i) {
			return nil, fmt.Errorf("function %d has number %d", i, number)
		}
		if found := binary.LittleEndian.Uint32(img[at:]) + uint32(img[at+4]); found != uint32(i) {
			return nil, fmt.Errorf("the table to find functions by has %d for function %d", found, i)
		}
	}
	clear(img[t.findfunc.from:t.findfunc.to])

	// https://webassembly.github.io/spec/core/binary/instructions.html
	body = []byte{
		1, 1, 0x7f, // one local variable, an i32: the function's index
		0x03, 0x40, // loop
		0x20, 0, 0x41, // local.get, i32.const
	}
	body = appendInt(body, findStride)
	body = append(body,
		0x6c,    // i32.mul
		0x20, 0, // local.get
		0x36, 2, // i32.store, aligned to 4 bytes, at the table and the product
	)
	body = appendUint(body, uint64(t.findfunc.from))
	body = append(body,
		0x20, 0, 0x41, 1, 0x6a, // local.get, i32.const, i32.add
		0x22, 0, 0x41, // local.tee, i32.const
	)
	body = appendInt(body, int64(t.nfunc))
	return append(body,
		0x49,    // i32.lt_u
		0x0d, 0, // br_if
		0x0b, 0x0b, // end of the loop and of the function
	), nil
}
