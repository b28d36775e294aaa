package postlink

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Parts are the two modules of a program that was split.
type Parts struct {
	// First is a program that a browser can start with: of some functions it has the code, of the others stubs.
	First []byte
	// Rest has the code of the others. It imports what First exports, all under the module name "go", and takes the places
	// of the stubs as soon as it is instantiated.
	Rest []byte
	// Stays says of each function of the program whether First has its code.
	Stays []bool
}

// What the first part exports for the second and for the loader, besides the registers (see register) and the memory.
const (
	tableExport = "table"
	// stateExport is a variable of 32 bits: stateApart until the rest is there, stateParked while the program waits for it,
	// stateWhole from then on.
	stateExport = "state"
	// loopExport goes on with a program that was parked, once the rest is there.
	loopExport = "loop"
)

const (
	stateApart  = 0
	stateParked = 1
	stateWhole  = 2
)

// The number of the variable for the state, after the globals of a Go program.
const globalState = globals

// register is what a global of a Go program is exported by.
func register(i int) string { return "r" + string(rune('0'+i)) }

// Split splits a program into one that starts and the rest of its code, given the names of its functions (see Names) and
// which of them are to be in the first part. What has to be there stays there, named or not: helpers of the compiler, and
// what calls JavaScript. The garbage collector is always in the rest, see collectorStub.
//
// When the first part gets to a function that it does not have, it parks: the stub writes its own PC where the runtime
// looks for the PC to go on with, and has the WebAssembly stack unwound as for a switch of goroutines; the stacks of Go lie in
// the memory. The call from JavaScript then returns with the state parked. Nothing may call into the program until the rest
// is instantiated and the exported loop was called, which goes on with the function that was missing. A function that
// JavaScript calls while Go calls JavaScript cannot park so: its result would be read before it is there. All that such
// calls do has to be in the first part.
//
// The program must be one that Arrange and Preinit made. The numbers of the functions, are those of the program in both
// parts, and so are all data once the rest is there.
func Split(program []byte, names []string, first func(name string) bool) (Parts, error) {
	parts, err := splitCode(program, names, first)
	if err != nil {
		return Parts{}, fmt.Errorf("split the program: %w", err)
	}
	return parts, nil
}

func splitCode(program []byte, names []string, first func(name string) bool) (Parts, error) {
	sections, err := parseModule(program)
	if err != nil {
		return Parts{}, err
	}
	c, err := readCode(sections)
	if err != nil {
		return Parts{}, err
	}
	if c.loop, err = c.findLoop(sections); err != nil {
		return Parts{}, err
	}
	stays, err := c.staying(names, first)
	if err != nil {
		return Parts{}, err
	}
	var late []byte
	sections = slices.Clone(sections)
	if err := editMemory(sections, func(img []byte) (_ []byte, err error) {
		late, err = takeLate(img, stays)
		return img, err
	}); err != nil {
		return Parts{}, err
	}
	p := Parts{Stays: stays, Rest: c.rest(sections, stays, late)}
	p.First, err = c.first(sections, stays, slices.Index(names, collector))
	return p, err
}

// staying says of each function whether it is in the first part.
func (c code) staying(names []string, first func(name string) bool) ([]bool, error) {
	if len(names) > len(c.bodies) {
		return nil, fmt.Errorf("there are %d names for %d functions", len(names), len(c.bodies))
	}
	if !slices.Contains(names, collector) {
		return nil, fmt.Errorf("there is no %s", collector)
	}
	stays := c.mustStay()
	for i, name := range names {
		stays[i] = stays[i] || name != collector && first(name)
	}
	return stays, nil
}

// code is what a program's functions consist of.
type code struct {
	imports uint32 // how many functions are imported: the first ones
	types   []uint32
	bodies  [][]byte
	calls   [][]call
	inTable int    // the functions in the table, at their number and funcValueOffset; others were added later
	loop    uint32 // runtime/asm_wasm.s, wasm_pc_f_loop
}

// goFunction is the type of all functions that Go code consists of: where to go on, and whether to unwind.
const goFunction = "\x60\x01\x7f\x01\x7f"

// readCode reads a program's functions and checks that it is laid out as one that Preinit made.
func readCode(sections []section) (c code, err error) {
	if c.imports, c.types, err = functionTypes(sections); err != nil {
		return code{}, err
	}
	content := find(sections, sectionCode)
	if content == nil {
		return code{}, errors.New("the module has no code")
	}
	if c.bodies, err = bodies(content.content); err != nil {
		return code{}, err
	}
	if len(c.bodies) != len(c.types) {
		return code{}, fmt.Errorf("the module has %d functions and the code of %d", len(c.types), len(c.bodies))
	}
	for i, body := range c.bodies {
		found, err := calls(body)
		if err != nil {
			return code{}, fmt.Errorf("function %d: %w", i, err)
		}
		for _, call := range found {
			if int(call.function) >= int(c.imports)+len(c.bodies) {
				return code{}, fmt.Errorf("function %d calls one that is not there", i)
			}
		}
		c.calls = append(c.calls, found)
	}
	types := find(sections, sectionType)
	r := reader{}
	if types != nil {
		r.rest = types.content
		r.uint32()
	}
	if !bytes.HasPrefix(r.rest, []byte(goFunction)) {
		return code{}, errors.New("the first type is not that of Go's functions")
	}
	c.inTable, err = c.checkTable(sections)
	return c, err
}

// findLoop returns the function that the exported one to resume the program ends with (runtime/rt0_js_wasm.s).
func (c code) findLoop(sections []section) (uint32, error) {
	s := find(sections, sectionExport)
	if s == nil {
		return 0, errors.New("the module exports nothing")
	}
	r := reader{rest: s.content}
	resume := -1
	for range r.uint32() {
		name, kind, index := string(r.bytes(r.uint32())), r.byte(), r.uint32()
		switch {
		case r.err != nil:
			return 0, r.err
		case name == "run":
			return 0, errors.New("the program has yet to start")
		case name == stateExport:
			return 0, errors.New("the program was split before")
		case name == "resume" && kind == kindFunction:
			resume = int(index) - int(c.imports)
		}
	}
	if resume < 0 || resume >= len(c.bodies) || len(c.calls[resume]) != 2 {
		return 0, errors.New("the program cannot be resumed as a Go program can")
	}
	return c.calls[resume][1].function, nil
}

// checkTable returns how many functions are in the table. They must be the first ones, in their order.
func (c code) checkTable(sections []section) (n int, err error) {
	table, elements := find(sections, sectionTable), find(sections, sectionElement)
	if table == nil || elements == nil {
		return 0, errors.New("the module has no table of functions")
	}
	r := reader{rest: table.content}
	r.uint32()
	r.bytes(2)
	n = int(r.uint32()) - funcValueOffset
	if err := r.end(); err != nil || n <= 0 || n > len(c.bodies) {
		return 0, errors.New("the module's table is not that of a Go program")
	}
	want := appendInt([]byte{1, 0, opI32Const}, funcValueOffset)
	want = appendUint(append(want, opEnd), uint64(n))
	for i := range n {
		want = appendUint(want, uint64(int(c.imports)+i))
	}
	if !bytes.Equal(elements.content, want) {
		return 0, errors.New("the functions in the module's table are not those of a Go program")
	}
	return n, nil
}

// mustStay says of each function whether it cannot be missing: those of another type than Go's, and what calls imported
// functions, which the rest does not have.
func (c code) mustStay() []bool {
	stays := make([]bool, len(c.bodies))
	for i := range c.bodies {
		stays[i] = i >= c.inTable || c.types[i] != 0 ||
			slices.ContainsFunc(c.calls[i], func(call call) bool { return call.function < c.imports })
	}
	return stays
}
