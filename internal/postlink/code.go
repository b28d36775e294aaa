package postlink

import (
	"errors"
	"fmt"
)

// Instructions that this package writes or looks for,
// https://webassembly.github.io/spec/core/binary/instructions.html.
const (
	opIf           = 0x04
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opLocalGet     = 0x20
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opI64Load      = 0x29
	opI64Store     = 0x37
	opI32Store8    = 0x3a
	opMemorySize   = 0x3f
	opI32Eq        = 0x46
	opI32Ne        = 0x47
	opI32LtU       = 0x49
	opI64Eqz       = 0x50
	opI32Add       = 0x6a
	opI32Sub       = 0x6b
	opI32And       = 0x71
	opI64Or        = 0x84
	opI64Shl       = 0x86
	opI64ExtendU   = 0xad // of an i32
	typeI32        = 0x7f
	typeEmpty      = 0x40 // of a block without a result
)

// bodies splits the code section into the functions' bodies: their local variables and instructions.
func bodies(content []byte) ([][]byte, error) {
	r := reader{rest: content}
	var all [][]byte
	for range r.uint32() {
		all = append(all, r.bytes(r.uint32()))
		if r.err != nil {
			break
		}
	}
	if err := r.end(); err != nil {
		return nil, fmt.Errorf("code section: %w", err)
	}
	return all, nil
}

// encodeBodies is the reverse of bodies.
func encodeBodies(all [][]byte) []byte {
	content := appendUint(nil, uint64(len(all)))
	for _, body := range all {
		content = append(appendUint(content, uint64(len(body))), body...)
	}
	return content
}

// localVariables returns how many bytes a body's local variables take.
func localVariables(body []byte) (int, error) {
	r := reader{rest: body}
	for range r.uint32() {
		r.uint32() // how many
		r.byte()   // of which type
		if r.err != nil {
			break
		}
	}
	return len(body) - len(r.rest), r.err
}

// call is an instruction that calls a function by its number.
type call struct {
	from, to int // in the body
	function uint32
}

// calls returns the calls in a function's body. It fails for instructions that Go's compiler did not write when this
// package was: their length is unknown.
func calls(body []byte) ([]call, error) {
	at, err := localVariables(body)
	if err != nil {
		return nil, err
	}
	var found []call
	for r := (reader{rest: body[at:]}); len(r.rest) > 0; {
		from := len(body) - len(r.rest)
		op := r.byte()
		switch {
		case op == opCall:
			function := r.uint32()
			found = append(found, call{from, len(body) - len(r.rest), function})
		case 0x02 <= op && op <= opIf: // block, loop, if
			r.byte() // its type is one of values, or none
		case op == 0x0c || op == 0x0d: // br, br_if
			r.uint32()
		case op == 0x0e: // br_table
			for range r.uint32() {
				r.uint32()
				if r.err != nil {
					break
				}
			}
			r.uint32()
		case op == opCallIndirect:
			r.uint32()
			r.uint32()
		case opLocalGet <= op && op <= opGlobalSet:
			r.uint32()
		case 0x28 <= op && op <= 0x3e: // loads and stores
			r.uint32()
			r.uint32()
		case op == 0x3f || op == 0x40: // memory.size, memory.grow
			r.byte()
		case op == opI32Const || op == opI64Const:
			for r.byte()&0x80 != 0 {
			}
		case op == 0x43: // f32.const
			r.bytes(4)
		case op == 0x44: // f64.const
			r.bytes(8)
		case op == 0xfc:
			switch more := r.uint32(); {
			case more <= 7: // conversions that saturate
			case more == 10: // memory.copy
				r.bytes(2)
			case more == 11: // memory.fill
				r.byte()
			default:
				return nil, fmt.Errorf("the instruction fc %#x is unknown", more)
			}
		case op <= 0x01, op == 0x05, op == opEnd, op == opReturn, op == 0x1a, op == 0x1b, // unreachable, nop, else, drop, select
			0x45 <= op && op <= 0xc4: // arithmetic
		default:
			return nil, fmt.Errorf("the instruction %#x is unknown", op)
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	return found, nil
}

// functionTypes returns the number of functions that a module imports, and the types of its own.
func functionTypes(sections []section) (imports uint32, types []uint32, err error) {
	imported, function := find(sections, sectionImport), find(sections, sectionFunction)
	if imported == nil || function == nil {
		return 0, nil, errors.New("the module imports or has no functions")
	}
	r := reader{rest: imported.content}
	imports = r.uint32() // all are functions, see memorySize
	if r.err != nil {
		return 0, nil, r.err
	}
	r = reader{rest: function.content}
	for range r.uint32() {
		types = append(types, r.uint32())
		if r.err != nil {
			break
		}
	}
	return imports, types, r.end()
}
