// Command stress does what needs the tables that the linker writes for the runtime: it collects garbage while stacks are
// deep and many, grows stacks, unwinds them, recovers, and calls through reflect. Its output is always the same. With an
// argument it ends in one of the ways that the runtime reports.
package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		end(os.Args[1])
	}
	fmt.Println("deep", deep(20_000, node{name: "root"}))
	fmt.Println("goroutines", goroutines(2000))
	fmt.Println("maps", fillMaps(3000))
	for _, f := range []func(){divide, index, nilMap, nilPointer, convert, closed, exit, nested, value, reflectZero, wrapper} {
		fmt.Println("recovered", try(f))
	}
	fmt.Println("not recovered by", try(func() { defer func() { func() { _ = recover() }() }(); panic("a helper's helper") }))
	fmt.Println("reflect", viaReflect())
	fmt.Println("finalized", finalized())
	goexit()
	pc, _, _, ok := runtime.Caller(0)
	fmt.Println("caller", runtime.FuncForPC(pc).Name(), ok)
}

// end ends the program.
func end(way string) {
	switch way {
	case "panic":
		panic("a canary")
	case "error":
		panic(fmt.Errorf("outer: %w", errors.New("canary")))
	case "nil":
		nilPointer()
	case "repanic":
		defer func() { panic(fmt.Sprint("second, after ", recover())) }()
		panic("first")
	case "goroutine":
		go func() { panic("in a goroutine") }()
		select {}
	case "deadlock":
		<-make(chan int)
	case "map":
		m := map[int]int{}
		for k := range 100 {
			m[k] = k
		}
		panic(m[50])
	}
	os.Exit(3)
}

type node struct {
	name string
	next *node
}

// deep recurses with pointers to its stack and to the heap, and collects garbage on the way down and up.
func deep(n int, parent node) int {
	here := node{name: fmt.Sprint(n), next: &parent}
	if n%4000 == 0 {
		runtime.GC()
	}
	if n == 0 {
		return len(here.name)
	}
	sum := deep(n-1, here)
	if n%4000 == 0 {
		runtime.GC()
	}
	return sum + len(here.name) + len(here.next.name)
}

// goroutines grows many stacks at once, with timers, channels and locks.
func goroutines(n int) (sum int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	results := make(chan int)
	for i := range n {
		wg.Go(func() {
			if i%100 == 0 {
				time.Sleep(time.Millisecond)
				runtime.GC()
			}
			v := deep(i%50+1, node{})
			mu.Lock()
			defer mu.Unlock()
			results <- v
		})
	}
	go func() { wg.Wait(); close(results) }()
	for v := range results {
		sum += v
	}
	return sum
}

type key struct {
	name string
	part any
}

func fillMaps(n int) string {
	m := map[key][]string{}
	for i := range n {
		k := key{fmt.Sprint(i % 700), i % 7}
		m[k] = append(m[k], strings.Repeat("x", i%13))
		if i%500 == 0 {
			runtime.GC()
		}
	}
	var lines []string
	for k, v := range m {
		lines = append(lines, fmt.Sprint(k, len(v)))
	}
	sort.Strings(lines)
	return fmt.Sprint(len(lines), lines[:3])
}

// try returns what f panics with.
func try(f func()) (result string) {
	defer func() {
		v := recover()
		err, isRuntime := v.(runtime.Error)
		result = fmt.Sprintf("%v %T %v %v", v, v, isRuntime, err != nil)
	}()
	defer runtime.GC()
	f()
	return "nothing"
}

var zero int

type pair struct{ a, b *int }

func (p pair) Sum() int { return *p.a + *p.b }

type summer interface{ Sum() int }

var nilSummer summer = (*pair)(nil) // not in wrapper: the compiler would see what it calls

func divide()      { fmt.Println(1 / zero) }
func index()       { fmt.Println([]int{1, 2, 3}[zero+3:][zero]) }
func nilMap()      { var m map[string]int; m["a"] = 1 }
func nilPointer()  { var p *pair; fmt.Println(*p.a) }
func convert()     { var v any = "text"; fmt.Println(v.(summer)) }
func closed()      { c := make(chan int); close(c); close(c) }
func value()       { panic(errors.New("an error")) }
func reflectZero() { reflect.Value{}.Type() }
func wrapper()     { nilSummer.Sum() }

// exit ends in a panic that replaces another.
func exit() {
	defer func() { panic(fmt.Sprint("replaced ", recover())) }()
	panic("replaceable")
}

// nested recovers in a deferred function while another panic goes on.
func nested() {
	defer func() { fmt.Println("inner", try(divide)) }()
	panic("outer")
}

// viaReflect calls a method value and a made function through reflect, whose stack maps the runtime finds by name.
func viaReflect() int {
	one, two := 1, 2
	sum := reflect.ValueOf(pair{&one, &two}).Method(0).Interface().(func() int)
	typ := reflect.TypeOf(func(*int, string) *int { return nil })
	made := reflect.MakeFunc(typ, func(args []reflect.Value) []reflect.Value {
		runtime.GC()
		deep(100, node{})
		return args[:1]
	}).Interface().(func(*int, string) *int)
	result := 0
	for range 50 {
		runtime.GC()
		result += sum() + *made(&two, "x")
	}
	return result
}

// finalized waits for a finalizer and a cleanup, which run in goroutines of the runtime.
func finalized() string {
	done := make(chan string, 2)
	func() {
		p := &pair{}
		runtime.SetFinalizer(p, func(*pair) { done <- "finalizer" })
		q := &pair{a: new(int)}
		runtime.AddCleanup(q, func(n int) { done <- fmt.Sprint("cleanup ", n) }, 5)
	}()
	deep(100, node{})
	got := []string{}
	for len(got) < 2 {
		runtime.GC()
		select {
		case s := <-done:
			got = append(got, s)
		case <-time.After(time.Millisecond):
		}
	}
	sort.Strings(got)
	return strings.Join(got, ", ")
}

func goexit() {
	done := make(chan bool)
	go func() {
		defer close(done)
		defer fmt.Println("deferred at the exit of a goroutine")
		runtime.Goexit()
	}()
	<-done
}
