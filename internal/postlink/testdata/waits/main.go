// Command waits is a program for a page: it has state before the page is there, waits for it, and then does what needs a
// sound runtime. What it prints is always the same. The variable way makes it do what such a program must not.
package main

import (
	"runtime"
	"syscall/js"
)

// way is set by the linker.
var way = "well"

// squares is made before the page is there.
var squares = func() map[int]*int {
	m := map[int]*int{}
	for i := range 1000 {
		square := i * i
		m[i] = &square
	}
	return m
}()

func main() {
	early := make(chan int)
	go func() { early <- <-early + 1 }() // a goroutine that has begun
	switch way {
	case "asks":
		js.Global().Get("document")
	case "calls":
		js.Global().Invoke()
	case "ends":
		println("a canary")
		return
	case "waits for nothing":
		go func() { select {} }()
		select {}
	case "calls later":
		js.FuncOf(func(js.Value, []js.Value) any { return nil })
	}
	waitForPage()

	early <- 41
	println("goroutine", <-early)
	println("deep", deep(10_000))
	runtime.GC()
	sum := 0
	for _, square := range squares {
		sum += *square
	}
	println("squares", len(squares), sum)
	println("recovered", try(func() { _ = *squares[-1] }))
	println("page", js.Global().Get("JSON").Call("stringify", js.ValueOf([]any{1, "two", nil})).String())
	object := js.Global().Get("Object").New()
	object.Set("list", js.Global().Get("Array").New(3))
	println("values", object.Get("list").Length(), object.InstanceOf(js.Global().Get("Object")))
	timer := make(chan struct{})
	called := js.FuncOf(func(js.Value, []js.Value) any { close(timer); return nil })
	js.Global().Call("setTimeout", called, 1)
	<-timer
	called.Release()
	println("called back")
	for i := range 20_000 {
		js.Global().Get("Object").New() // garbage in both worlds
		squares[i%1000] = new(int)
		if i%4000 == 0 {
			runtime.GC()
		}
	}
	println("garbage collected", js.Global().Get("Array").New(7).Length(), len(squares))
}

// waitForPage does what the one in internal/browser does, whose package needs what
// internal/dist replaces to start without a page.
func waitForPage() {
	there := make(chan struct{})
	begin := js.FuncOf(func(js.Value, []js.Value) any { close(there); return nil })
	<-there
	begin.Release()
}

func deep(n int) int {
	if n == 0 {
		runtime.GC()
		return 0
	}
	here := new(int)
	*here = 1
	return deep(n-1) + *here
}

func try(f func()) (message string) {
	defer func() { message = recover().(error).Error() }()
	f()
	return "nothing"
}
