package postlink

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// runToWait starts a Go program that exports its globals and returns what it has when it first gives back control.
func runToWait(ctx context.Context, program []byte) (*snapshot, error) {
	engine := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer engine.Close(ctx)
	compiled, err := engine.CompileModule(ctx, program)
	if err != nil {
		return nil, err
	}
	h := &host{}
	functions := engine.NewHostModuleBuilder("gojs")
	for _, f := range compiled.ImportedFunctions() {
		_, name, _ := f.Import()
		functions.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, m api.Module, stack []uint64) {
			if err := h.call(m.Memory(), name, uint32(stack[0])); err != nil {
				h.err = err
				panic(err) // back to Call
			}
		}), f.ParamTypes(), f.ResultTypes()).Export(name)
	}
	if _, err := functions.Instantiate(ctx); err != nil {
		return nil, err
	}
	m, err := engine.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		return nil, err
	}
	run := m.ExportedFunction("run")
	if m.Memory() == nil || run == nil {
		return nil, errors.New("the module does not export what a Go program does")
	}
	s := &snapshot{started: content(m.Memory())}
	const argc, argv = 0, 0
	if _, err := run.Call(ctx, argc, argv); err != nil {
		if h.err != nil {
			err = h.err
		}
		return nil, err
	}
	if h.made != len(startValues) {
		return nil, fmt.Errorf("the program waits, but for something else than the page: it has %d of %d values", h.made, len(startValues))
	}
	s.waiting = content(m.Memory())
	for i := range s.globals {
		s.globals[i] = m.ExportedGlobal(globalName(i)).Get()
	}
	return s, nil
}

// content returns a copy of a memory.
func content(memory api.Memory) []byte {
	all, _ := memory.Read(0, memory.Size())
	return slices.Clone(all)
}

// startValues are the JavaScript values that a program asks for before it waits, in this order: two by the package
// syscall/js (its variables objectConstructor and arrayConstructor), and the function that the page begins with. The
// loader has to hand out the same references.
var startValues = []string{"Object", "Array", "_makeFuncWrapper"}

const (
	startEvent     = 1          // the number of that function, the first one that Go makes
	firstReference = 7          // those before stand for NaN, 0, null, true, false, the global object and Go itself
	functionValue  = 0x7ff80004 // the upper half of a reference to a function (wasm_exec.js, storeValue)
)

// host is what a Go program imports, as far as it needs it until it waits. The layouts of the arguments are those in
// wasm_exec.js.
type host struct {
	made   int    // how many of startValues the program has
	output []byte // what it printed
	err    error  // why it cannot go on
}

// call does what the imported function does, with arguments and results at sp.
func (h *host) call(memory api.Memory, name string, sp uint32) error {
	word := func(at uint32) uint64 {
		v, _ := memory.ReadUint64Le(at) // what is out of range fails the comparisons below
		return v
	}
	bytes := func(at uint32) []byte { // what a Go slice or string at an address refers to
		b, _ := memory.Read(uint32(word(at)), uint32(word(at+8)))
		return b
	}
	switch name {
	case "runtime.resetMemoryDataView":
		return nil
	case "runtime.nanotime1":
		memory.WriteUint64Le(sp+8, 1) // 0 would mean that there is no time yet; in the page it goes on at the page's
		return nil
	case "runtime.getRandomData":
		for i, b := 0, bytes(sp+8); i < len(b); i++ {
			b[i] = byte(i + 1)
		}
		return nil
	case "syscall/js.valueGet", "syscall/js.valueCall":
		result := sp + 32
		asked := string(bytes(sp + 16))
		if h.made == len(startValues) || asked != startValues[h.made] {
			return fmt.Errorf("the program asks for %q before it waits for the page", asked)
		}
		if name == "syscall/js.valueCall" {
			if id := math.Float64frombits(word(uint32(word(sp + 32)))); id != startEvent {
				return fmt.Errorf("the page is to begin with function %v, not %d", id, startEvent)
			}
			result = sp + 56
			memory.WriteByte(result+8, 1) // nothing was thrown
		}
		memory.WriteUint64Le(result, functionValue<<32|uint64(firstReference+h.made))
		h.made++
		return nil
	case "runtime.wasmWrite":
		text, _ := memory.Read(uint32(word(sp+16)), uint32(word(sp+24)))
		h.output = append(h.output, text...)
		return nil
	case "runtime.wasmExit":
		code, _ := memory.ReadUint32Le(sp + 8)
		return fmt.Errorf("the program ended with code %d before it waited for the page: %s", int32(code), strings.TrimSpace(string(h.output)))
	}
	return fmt.Errorf("the program calls %s before it waits for the page", name)
}
