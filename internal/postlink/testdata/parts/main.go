// Command parts is a program for a page that does a bit of all that Go does, in goroutines that timers and calls from
// JavaScript wake. What it prints is always the same, whatever of its code comes late.
package main

import (
	"errors"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall/js"
	_ "unsafe" // for linkname
)

// sleep is the one of package time, which asks for more than the page when it is initialized.
//
//go:linkname sleep time.Sleep
func sleep(nanoseconds int64)

const millisecond = 1_000_000

// text returns values as text.
func text(values ...any) string {
	var out strings.Builder
	for _, v := range values {
		switch v := v.(type) {
		case string:
			out.WriteString(v)
		case int:
			out.WriteString(strconv.Itoa(v))
		case bool:
			out.WriteString(strconv.FormatBool(v))
		case error:
			out.WriteString(v.Error())
		default:
			out.WriteString("?")
		}
	}
	return out.String()
}

func main() {
	there := make(chan struct{})
	begin := js.FuncOf(func(js.Value, []js.Value) any { close(there); return nil })
	<-there
	begin.Release()

	only := js.Global().Get("only")
	for _, part := range []struct {
		name string
		run  func() string
	}{
		{"deferred", deferred}, {"panics", panics}, {"repanics", repanics}, {"goroutines", goroutines}, {"garbage", garbage},
		{"timers", timers}, {"exits", exits}, {"cases", cases}, {"maps", maps}, {"calls", calls}, {"awaits", awaits}, {"nested", nested},
	} {
		if only.IsUndefined() || only.String() == part.name {
			println(part.name, part.run())
		}
	}
	js.Global().Get("done").Invoke()
	select {}
}

//go:noinline
func add(to *[]string, line string) { *to = append(*to, line) }

func deferred() string {
	var order []string
	func() {
		for i := range 5 {
			defer add(&order, text(i))
		}
		defer func() { add(&order, text("recovered ", recover())) }()
		var nothing *node
		add(&order, nothing.name)
	}()
	return strings.Join(order, ",")
}

func panics() string {
	var all []string
	zero := len(all)
	for _, f := range []func(){
		func() { println([]int{1}[zero+3]) },
		func() { println(1 / zero) },
		func() { var m map[string]int; m["a"] = 1 },
		func() { var v any = "text"; println(v.(error)) },
		func() { c := make(chan int); close(c); close(c) },
		func() { panic(errors.New("an error")) },
		func() { panic(text("formatted ", 7)) },
	} {
		func() {
			defer func() {
				v := recover()
				_, fault := v.(runtime.Error)
				add(&all, text(v, " ", fault))
			}()
			f()
		}()
	}
	return strings.Join(all, "; ")
}

func repanics() (result string) {
	defer func() { result = text("at last ", recover()) }()
	defer func() {
		defer func() { panic(text("third after ", recover())) }()
		panic(text("second after ", recover()))
	}()
	panic("first")
}

type node struct {
	name string
	next *node
}

func deep(n int, parent *node) int {
	here := node{name: text(n), next: parent}
	if n == 0 {
		runtime.GC()
		return 0
	}
	return deep(n-1, &here) + len(here.name) + len(here.next.name)
}

func goroutines() string {
	var wg sync.WaitGroup
	var mu sync.Mutex
	results := make(chan int)
	sum := 0
	for i := range 12 {
		wg.Go(func() {
			v := deep(i, &node{})
			mu.Lock()
			defer mu.Unlock()
			results <- v
		})
	}
	go func() { wg.Wait(); close(results) }()
	for v := range results {
		sum += v
	}
	return text(sum)
}

func garbage() string {
	kept := map[int]*node{}
	for i := range 9000 {
		kept[i%300] = &node{name: text(i), next: kept[(i+1)%300]}
		if i%7 == 0 {
			kept[i%300].next = nil
		}
		if i%3000 == 0 {
			runtime.GC()
		}
	}
	done := make(chan string, 1)
	func() {
		runtime.AddCleanup(&node{name: "gone"}, func(n int) { done <- "cleanup " + strconv.Itoa(n) }, 5)
	}()
	for {
		runtime.GC()
		select {
		case last := <-done:
			return text(len(kept), " ", kept[299].name, " ", last)
		default:
			sleep(millisecond)
		}
	}
}

func timers() string {
	ticks, late := make(chan int), make(chan int)
	go func() {
		for i := range 3 {
			sleep(2 * millisecond)
			ticks <- i
		}
		close(ticks)
	}()
	n := 0
	for range ticks {
		n++
	}
	go func() {
		sleep(millisecond)
		late <- n
	}()
	return text(<-late)
}

func exits() string {
	left := make(chan string, 2)
	go func() {
		defer close(left)
		defer func() { left <- "left" }()
		runtime.Goexit()
	}()
	return <-left
}

func cases() string {
	a, b, stop := make(chan int), make(chan int), make(chan struct{})
	go func() {
		defer close(stop)
		for i := range 20 {
			select {
			case a <- i:
			case b <- i:
			}
		}
	}()
	sum := 0
	for {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		case <-stop:
			return text(sum)
		}
	}
}

func maps() string {
	type key struct {
		name string
		part any
	}
	m := map[key]int{}
	for i := range 500 {
		m[key{text(i % 70), i % 7}]++
		delete(m, key{"3", 3})
	}
	var lines []string
	for k, n := range m {
		lines = append(lines, text(k.name, " ", k.part, " ", n))
	}
	sort.Strings(lines)
	return text(len(lines), lines[0], lines[1])
}

// calls has JavaScript call Go many times, in an order that must be kept.
func calls() string {
	heard := make(chan string, 100)
	hear := js.FuncOf(func(_ js.Value, args []js.Value) any {
		name := args[0].String()
		defer func() {
			_ = recover()
			heard <- name
		}()
		if args[1].Int()%3 == 0 {
			panic(name)
		}
		return name
	})
	defer hear.Release()
	js.Global().Get("callManyTimes").Invoke(hear)
	var all []string
	for range 30 {
		all = append(all, <-heard)
	}
	return strings.Join(all, " ")
}

// awaits gets what functions returned that may have been called while the program was parked.
func awaits() string {
	all := make(chan string)
	give := js.FuncOf(func(_ js.Value, args []js.Value) any { return text("given ", args[0].Int()) })
	take := js.FuncOf(func(_ js.Value, args []js.Value) any {
		go func() { all <- args[0].Call("join", ", ").String() }()
		return nil
	})
	defer give.Release()
	defer take.Release()
	js.Global().Get("takeResults").Invoke(give).Call("then", take)
	return <-all
}

// nested has JavaScript that Go called call Go: all code is there by then.
func nested() string {
	whole := make(chan struct{})
	then := js.FuncOf(func(js.Value, []js.Value) any { close(whole); return nil })
	defer then.Release()
	js.Global().Get("untilWhole").Invoke().Call("then", then)
	<-whole
	var back js.Func
	back = js.FuncOf(func(_ js.Value, args []js.Value) any {
		n := args[0].Int()
		if n == 0 {
			return inner(20)
		}
		return 1 + js.Global().Get("callBack").Invoke(back, n-1).Int()
	})
	defer back.Release()
	return text(js.Global().Get("callBack").Invoke(back, 5).Int())
}

// inner is called by nothing else.
//
//go:noinline
func inner(n int) int { return deep(n, &node{}) }
