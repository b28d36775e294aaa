//go:build js && wasm

// Package page_test holds tests that all pass, though two of them break the page.
package page_test

import (
	"os"
	"syscall/js"
	"testing"
	"time"
)

func TestClean(t *testing.T) {
	if os.Getenv("KEYGENTEST_URL") == "" {
		t.Error("no KEYGENTEST_URL")
	}
	if secret := os.Getenv("WASMTEST_CANARY"); secret != "" {
		t.Error("the page got the whole environment")
	}
	// Waits until the emulator answers: proof that it runs and that the page may read it.
	answered := make(chan bool, 2)
	settle := func(ok bool) js.Func {
		return js.FuncOf(func(js.Value, []js.Value) any { answered <- ok; return nil })
	}
	js.Global().Call("fetch", os.Getenv("KEYGENTEST_URL")+"/v1/ping").Call("then", settle(true), settle(false))
	if !<-answered {
		t.Error("no answer from KEYGENTEST_URL")
	}
}

func TestCaught(t *testing.T) {
	js.Global().Call("eval", `Promise.reject(new Error("expected")).catch((error) => console.log("Uncaught " + error))`)
	time.Sleep(50 * time.Millisecond)
}

func TestUncaughtError(t *testing.T) {
	js.Global().Call("eval", `setTimeout(() => { throw new Error("boom") })`)
	time.Sleep(50 * time.Millisecond)
}

func TestUnhandledRejection(t *testing.T) {
	js.Global().Call("eval", `Promise.reject("plain text")`)
	time.Sleep(50 * time.Millisecond)
}

func TestFails(t *testing.T) {
	t.Error("failed on purpose")
}
