package postlink

import "slices"

// pcf is what a function's PC begins with, and its place in the table.
func pcf(i int) int64 { return funcValueOffset + int64(i) }

// first returns the module with the code of the functions that stay, and stubs for the others; collect is the collector.
func (c code) first(sections []section, stays []bool, collect int) ([]byte, error) {
	out := slices.Clone(sections)
	edit := func(id byte, item []byte) (n uint32) {
		s := find(out, id)
		r := reader{rest: s.content}
		s.content, n = withOneMore(&r, item)
		return n
	}
	parkType := edit(sectionType, []byte{0x60, 2, typeI32, typeI32, 1, typeI32})
	park := c.imports + edit(sectionFunction, appendUint(nil, uint64(parkType)))
	edit(sectionGlobal, []byte{typeI32, 1, opI32Const, stateApart, opEnd})

	all := make([][]byte, len(c.bodies), len(c.bodies)+1)
	for i, body := range c.bodies {
		if !stays[i] {
			body = []byte{0} // no local variables
			if i == collect {
				body = append(body, opGlobalGet, globalState, opI32Const, stateWhole, opI32Ne, opIf, typeEmpty)
				body = append(append(body, skipCollection()...), opEnd)
			}
			body = appendInt(append(body, opLocalGet, 0, opI32Const), pcf(i))
			body = append(appendUint(append(body, opCall), uint64(park)), opEnd)
		}
		all[i] = body
	}
	find(out, sectionCode).content = encodeBodies(append(all, parkBody()))

	export := find(out, sectionExport)
	r := reader{rest: export.content}
	n := r.uint32()
	items := slices.Clone(r.rest)
	for _, e := range c.exports() {
		items = append(append(appendUint(items, uint64(len(e.name))), e.name...), e.kind)
		items = appendUint(items, uint64(e.index))
		n++
	}
	export.content = append(appendUint(nil, uint64(n)), items...)
	return encodeModule(out), nil
}

// collector starts each collection of garbage. While it is in the rest, nothing that works for it is called: not even what
// the write barrier calls, where nothing could wait (runtime/asm_wasm.s, CALLNORESUME).
const collector = "runtime.gcStart"

// roomBefore is how large the memory may become, in pages, before a program waits for its collector.
const roomBefore = 512 // 32 MiB

// skipCollection returns instructions at the beginning of the collector that return from it if it is called since the heap
// has grown, as long as there is room: so no program waits for it. It returns as a function without a frame does: it takes
// the PC to return to off the stack. Above that lies the argument: what the cause is, 0 for the heap.
func skipCollection() []byte {
	body := []byte{
		opGlobalGet, 0, opI64Load, 3, 8, opI64Eqz,
		opMemorySize, 0, opI32Const,
	}
	body = appendInt(body, roomBefore)
	return append(body,
		opI32LtU, opI32And, opIf, typeEmpty,
		opGlobalGet, 0, opI32Const, 8, opI32Add, opGlobalSet, 0,
		opI32Const, 0, opReturn,
		opEnd)
}

// parkBody returns the body of the function that stubs call with their argument and the number of their function: it
// calls that one where it is there, and parks where it is not.
func parkBody() []byte {
	const resume, function = 0, 1 // its parameters
	body := []byte{
		0, // no more local variables
		opGlobalGet, globalState, opI32Const, stateWhole, opI32Eq,
		opIf, typeEmpty,
		opLocalGet, resume, opLocalGet, function, opCallIndirect, 0, 0, opReturn,
		opEnd,
		// The PC is the number of the function, and 16 bits for where in it to go on. The loop of the runtime takes it from
		// below the stack pointer, as after runtime.gogo (runtime/asm_wasm.s, wasm_pc_f_loop).
		opGlobalGet, 0, opI32Const, 8, opI32Sub,
		opLocalGet, function, opI64ExtendU, opI64Const, 16, opI64Shl,
		opLocalGet, resume, opI64ExtendU, opI64Or,
		opI64Store, 3, 0,
		opI32Const, stateParked, opGlobalSet, globalState,
		opI32Const, 1, opGlobalSet, globalPause, // has the loop end
		opI32Const, 1, opEnd, // unwind
	}
	return body
}

// export is one thing that a module exports.
type export struct {
	name  string
	kind  byte
	index uint32
}

const (
	kindFunction = 0
	kindTable    = 1
	kindMemory   = 2
	kindGlobal   = 3
)

// memoryExport is what Go's linker exports the memory by.
const memoryExport = "mem"

// exports returns what the first part exports that a program does not.
func (c code) exports() []export {
	all := []export{
		{tableExport, kindTable, 0},
		{loopExport, kindFunction, c.loop},
		{stateExport, kindGlobal, globalState},
	}
	for i := range globals {
		all = append(all, export{register(i), kindGlobal, uint32(i)})
	}
	return all
}

// rest returns the module with the code of the functions that do not stay, and their data.
func (c code) rest(sections []section, stays []bool, data []byte) []byte {
	number := make([]uint32, len(c.bodies)) // in the rest
	var moved []int
	for i := range c.bodies {
		if !stays[i] {
			number[i] = uint32(len(moved))
			moved = append(moved, i)
		}
	}
	types := *find(sections, sectionType)
	r := reader{rest: types.content}
	startType := uint64(0)
	var n uint32
	types.content, n = withOneMore(&r, []byte{0x60, 0, 0})
	startType = uint64(n)

	functions := appendUint(nil, uint64(len(moved))+1)
	var all [][]byte
	for _, i := range moved {
		functions = append(functions, 0) // the type of Go's functions
		all = append(all, c.moved(i, stays, number))
	}
	functions = appendUint(functions, startType)
	start := []byte{0, opI32Const, stateWhole, opGlobalSet, globalState, opEnd}
	return encodeModule([]section{
		types,
		{sectionImport, restImports()},
		{sectionFunction, functions},
		{sectionStart, appendUint(nil, uint64(len(moved)))},
		{sectionElement, places(moved)},
		{sectionCode, encodeBodies(append(all, start))},
		{sectionData, data},
	})
}

// moved returns a function's body for the rest: what it calls there has another number, and what it calls in the first
// part it finds in the table.
func (c code) moved(i int, stays []bool, number []uint32) []byte {
	body, at := []byte(nil), 0
	for _, call := range c.calls[i] {
		callee := call.function - c.imports // not an imported one, see mustStay
		body = append(body, c.bodies[i][at:call.from]...)
		if stays[callee] {
			body = appendInt(append(body, opI32Const), pcf(int(callee)))
			body = append(appendUint(append(body, opCallIndirect), uint64(c.types[callee])), 0)
		} else {
			body = appendUint(append(body, opCall), uint64(number[callee]))
		}
		at = call.to
	}
	return append(body, c.bodies[i][at:]...)
}

// restImports returns the import section of the rest: the memory, the table and the globals, which keep their numbers.
func restImports() []byte {
	out := appendUint(nil, 2+globals+1)
	item := func(name string, what ...byte) {
		out = append(appendUint(out, 2), "go"...)
		out = append(appendUint(out, uint64(len(name))), name...)
		out = append(out, what...)
	}
	item(memoryExport, kindMemory, 0, 0)     // of any size
	item(tableExport, kindTable, 0x70, 0, 0) // of functions
	for i := range globals {
		typ := byte(0x7e)
		if i == 0 || i == globalPause {
			typ = typeI32
		}
		item(register(i), kindGlobal, typ, 1)
	}
	item(stateExport, kindGlobal, typeI32, 1)
	return out
}

// places returns the element section that puts functions in the places of their stubs: a segment for each run.
func places(moved []int) []byte {
	var out []byte
	segments := uint64(0)
	for from := 0; from < len(moved); {
		to := from + 1
		for to < len(moved) && moved[to] == moved[to-1]+1 {
			to++
		}
		out = append(out, 0, opI32Const)
		out = append(appendInt(out, pcf(moved[from])), opEnd)
		out = appendUint(out, uint64(to-from))
		for i := from; i < to; i++ {
			out = appendUint(out, uint64(i))
		}
		segments++
		from = to
	}
	return append(appendUint(nil, segments), out...)
}
