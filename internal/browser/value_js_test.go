package browser_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

func TestGetNeverThrows(t *testing.T) {
	for name, script := range map[string]string{
		"a getter that throws":        `{ get x() { throw new TypeError("no") } }`,
		"a getter that throws a text": `{ get x() { throw "no" } }`,
		"a getter that throws null":   `{ get x() { throw null } }`,
		"a proxy that throws":         `new Proxy({}, { get() { throw new Error("no") } })`,
		"no such property":            `{}`,
		"null":                        `null`,
		"undefined":                   `undefined`,
		"a text":                      `"text"`,
		"a number":                    `7`,
	} {
		value := eval(t, script)
		assert.False(t, value.Get("x").Exists(), name)
		assert.False(t, value.Get("x").IsNull(), name)
		assert.False(t, value.Get("x").Get("y").Exists(), name)
		assert.Zero(t, value.Len(), name)
		assert.False(t, value.At(0).Exists(), name)
	}
	assert.True(t, eval(t, `{ x: null }`).Get("x").IsNull())
	assert.Equal(t, 2, eval(t, `["a", "b"]`).Len())
	text, ok := eval(t, `["a", "b"]`).At(1).Text()
	assert.True(t, ok)
	assert.Equal(t, "b", text)
}

// Access to the window of another origin throws.
func TestGetOnSandboxedFrame(t *testing.T) {
	frame := element(t, `<iframe sandbox="allow-scripts" srcdoc="<p>"></iframe>`)
	require.Eventually(t, func() bool { return !frame.Get("contentDocument").Exists() }, waitLimit, tick)
	assert.True(t, frame.Get("contentWindow").Exists())
	assert.False(t, frame.Get("contentWindow").Get("localStorage").Exists())
	_, err := frame.Get("contentWindow").Call("alert")
	assert.Error(t, err)
}

func TestSetFails(t *testing.T) {
	for _, script := range []string{`null`, `"text"`, `{ set x(value) { throw "no" } }`, `{ set x(value) { throw new Error("no") } }`} {
		assert.Error(t, eval(t, script).Set("x", 1), script)
	}
	object := eval(t, `{}`)
	require.NoError(t, object.Set("x", "y"))
	text, _ := object.Get("x").Text()
	assert.Equal(t, "y", text)
}

// An Error has the exception's name alone: the message may quote a secret.
func TestThrown(t *testing.T) {
	for script, name := range map[string]string{
		`() => { throw new TypeError("canary") }`:                  "TypeError",
		`() => { throw new DOMException("canary", "AbortError") }`: "AbortError",
		`() => { throw "canary" }`:                                 "Error",
		`() => { throw null }`:                                     "Error",
		`() => { throw undefined }`:                                "Error",
		`() => { throw 7 }`:                                        "Error",
		`() => { throw { name: 7 } }`:                              "Error",
		`() => { throw { get name() { throw "canary" } } }`:        "Error",
	} {
		f := eval(t, script)
		_, invoked := f.Invoke()
		_, called := f.Call("call")
		_, made := eval(t, `function () { (`+script+`)() }`).New()
		for _, err := range []error{invoked, called, made} {
			var thrown *browser.Error
			require.True(t, errors.As(err, &thrown), script)
			assert.Equal(t, name, thrown.Name, script)
			assert.NotContains(t, err.Error(), "canary", script)
		}
	}
}

func TestCallOfNoFunction(t *testing.T) {
	for _, script := range []string{`null`, `undefined`, `"text"`, `{}`, `{ x: 1 }`, `{ get x() { throw 1 } }`} {
		value := eval(t, script)
		_, err := value.Call("x")
		assert.Error(t, err, script)
		_, err = value.Invoke()
		assert.Error(t, err, script)
		_, err = value.New()
		assert.Error(t, err, script)
	}
}

func TestTypes(t *testing.T) {
	for _, script := range []string{`null`, `undefined`, `7`, `true`, `{}`, `new String("x")`, `Symbol()`, `() => 1`, `7n`} {
		text, ok := eval(t, script).Text()
		assert.False(t, ok, script)
		assert.Empty(t, text, script)
	}
	for _, script := range []string{`null`, `undefined`, `"7"`, `true`, `{}`, `7n`} {
		_, ok := eval(t, script).Number()
		assert.False(t, ok, script)
	}
	for _, script := range []string{`null`, `undefined`, `"true"`, `1`, `{}`, `false`, `new Boolean(true)`} {
		assert.False(t, eval(t, script).True(), script)
	}
	assert.True(t, eval(t, `true`).True())
	number, ok := eval(t, `1.5`).Number()
	assert.True(t, ok)
	assert.InDelta(t, 1.5, number, 0)
	assert.False(t, browser.Value{}.Exists(), "the zero Value is undefined")
}

func TestIsBooleanAndIsObject(t *testing.T) {
	for _, script := range []string{`null`, `undefined`, `"true"`, `1`, `0`, `{}`, `new Boolean(true)`, `7n`, `Symbol()`, `() => true`} {
		assert.False(t, eval(t, script).IsBoolean(), script)
	}
	assert.True(t, eval(t, `true`).IsBoolean())
	assert.True(t, eval(t, `false`).IsBoolean())

	for _, script := range []string{`null`, `undefined`, `"text"`, `7`, `true`, `7n`, `Symbol()`, `() => ({})`, `class {}`} {
		assert.False(t, eval(t, script).IsObject(), script)
	}
	for _, script := range []string{`{}`, `[]`, `new Boolean(true)`, `Object.create(null)`, `new Proxy({}, {})`, `document.body`} {
		assert.True(t, eval(t, script).IsObject(), script)
	}
}

func TestKeys(t *testing.T) {
	for _, script := range []string{`null`, `undefined`, `{}`, `7`, `new Proxy({}, { ownKeys() { throw "no" } })`} {
		assert.Empty(t, eval(t, script).Keys(), script)
	}
	object := eval(t, `Object.create({ inherited: 1 }, { hidden: { value: 1 }, b: { value: 1, enumerable: true },
		a: { get() { throw "no" }, enumerable: true }, [Symbol()]: { value: 1, enumerable: true } })`)
	assert.Equal(t, []string{"b", "a"}, object.Keys(), "its own, in order, unread")
	assert.Equal(t, []string{"0", "1"}, eval(t, `["x", "y"]`).Keys())
}

func TestIsArray(t *testing.T) {
	assert.True(t, eval(t, `[]`).IsArray())
	for _, script := range []string{`null`, `undefined`, `"text"`, `{ length: 1 }`, `document.body.childNodes`} {
		assert.False(t, eval(t, script).IsArray(), script)
	}
}

func TestWellFormed(t *testing.T) {
	for _, script := range []string{`""`, `"pä:ß wörd"`, `"密码🔑"`, `"\u0000"`, `"\ufffd"`, `"\ufeff"`, `"\ud83d\ude00"`} {
		assert.True(t, eval(t, script).WellFormed(), script)
	}
	for _, script := range []string{`"\ud83d"`, `"\ude00"`, `"a\ud83d"`, `"\ude00\ud83d"`, `"x".repeat(99) + "\udfff!"`} {
		assert.False(t, eval(t, script).WellFormed(), script)
	}
}

func TestJSON(t *testing.T) {
	for _, text := range []string{``, `{`, `{"a":`, `<!doctype html>`, `undefined`} {
		value, err := browser.Parse(text)
		assert.Error(t, err, text)
		assert.False(t, value.Exists(), text)
	}
	text, err := browser.Stringify(map[string]any{"a": nil, "b": []any{1, "密码🔑", true}, "c": map[string]any{"d": 1.5}})
	require.NoError(t, err)
	assert.JSONEq(t, `{"a":null,"b":[1,"密码🔑",true],"c":{"d":1.5}}`, text)
	_, err = browser.Stringify(map[string]any{"a": struct{}{}})
	assert.Error(t, err)

	none, err := browser.Object(nil)
	require.NoError(t, err)
	keys, err := eval(t, `Object.keys`).Invoke(none)
	require.NoError(t, err)
	assert.True(t, keys.IsArray())
	assert.Zero(t, keys.Len())
}
