package browser_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

// hostile is a form whose controls hide members of the form ("DOM clobbering").
const hostile = `<form id="hostile" class="form"><p><input name="email"></p>
	<input name="action"><input name="method"><input name="submit"><input name="addEventListener">
	<input name="removeEventListener"><input name="matches"><input name="closest"><input name="querySelector">
	<input name="getAttribute"><input name="setAttribute"><input name="removeAttribute"><input name="contains">
	<input name="append"><input name="isConnected"><input name="elements"><input name="id"><input name="focus">
	<input name="after"><input name="remove"><input name="nodeName">
	<button>Sign in</button></form>`

func TestFormWithHostileControls(t *testing.T) {
	noFuncsLeft(t)
	form := element(t, hostile)
	count := 0
	stop := browser.Listen(form.Value, "submit", func(event browser.Value) {
		_, _ = event.Call("preventDefault")
		count++
	})
	button, ok := form.Find("button")
	require.True(t, ok)
	_, err := button.Call("click")
	require.NoError(t, err)
	assert.Equal(t, 1, count)
	stop()

	assert.True(t, form.IsForm())
	assert.True(t, form.Connected())
	form.SetAttr("action", "/x")
	action, _ := form.Attr("action")
	assert.Equal(t, "/x", action)
	form.AddAttr("action", "/y")
	action, _ = form.Attr("action")
	assert.Equal(t, "/x", action, "the page's own stays")
	form.RemoveAttr("action")
	_, ok = form.Attr("action")
	assert.False(t, ok)

	email, ok := form.Find(`[name="email"]`)
	require.True(t, ok)
	assert.True(t, form.Contains(email))
	around, ok := email.Closest("form")
	require.True(t, ok)
	assert.True(t, around.Equal(form.Value))
	form.Append("text", browser.Create("span"))
	_, ok = form.Find("span")
	assert.True(t, ok)
	form.After(browser.Create("i"))
	form.Before(browser.Create("b"))
	assert.Len(t, browser.All("b + #hostile + i"), 1)
	form.Remove()
	assert.False(t, form.Connected())
}

func TestElementsThatAreNotThere(t *testing.T) {
	var none browser.Element
	assert.False(t, none.IsForm())
	assert.False(t, none.Connected())
	none.SetAttr("a", "b")
	none.SetText("text")
	none.Focus()
	none.Remove()
	_, ok := none.Find("p")
	assert.False(t, ok)
	assert.Empty(t, browser.All("no[selector"))
	assert.Empty(t, browser.All("no-such-element"))
	box := element(t, "<div></div>")
	_, ok = box.Find("no[selector")
	assert.False(t, ok)
	assert.False(t, box.IsForm())
}

func TestTextIsNoMarkup(t *testing.T) {
	box := element(t, "<div></div>")
	box.SetText(`<img src=x onerror="alert(1)">`)
	box.Append(`<b>bold</b>`)
	_, ok := box.Find("*")
	assert.False(t, ok)
	text, _ := box.Get("textContent").Text()
	assert.Equal(t, `<img src=x onerror="alert(1)"><b>bold</b>`, text)
}

func TestHiddenAndFocus(t *testing.T) {
	field := element(t, "<input>")
	field.SetHidden(true)
	assert.True(t, field.Get("hidden").True())
	field.SetHidden(false)
	assert.False(t, field.Get("hidden").True())

	_, any := browser.Active()
	assert.False(t, any, "the body does not count")
	field.Focus()
	active, any := browser.Active()
	assert.True(t, any)
	assert.True(t, active.Equal(field.Value))
}
