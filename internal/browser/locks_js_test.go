package browser_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

func TestExclusive(t *testing.T) {
	noFuncsLeft(t)
	var order []string
	inside, leave, done := make(chan bool), make(chan bool), make(chan error, 1)
	go func() {
		done <- browser.Exclusive("test", 5, func() {
			order = append(order, "first")
			close(inside)
			<-leave
		})
	}()
	<-inside
	err := browser.Exclusive("test", 0.05, func() { order = append(order, "never") })
	require.ErrorIs(t, err, browser.ErrTimeout, "its turn does not come")
	require.NoError(t, browser.Exclusive("another", 5, func() { order = append(order, "other name") }))

	close(leave)
	require.NoError(t, browser.Exclusive("test", 5, func() { order = append(order, "second") }))
	require.NoError(t, <-done)
	assert.Equal(t, []string{"first", "other name", "second"}, order)
}

func TestExclusiveAfterPanic(t *testing.T) {
	noFuncsLeft(t)
	func() {
		defer func() { _ = recover() }()
		_ = browser.Exclusive("test", 5, func() { panic("on purpose") })
	}()
	ran := false
	require.NoError(t, browser.Exclusive("test", 5, func() { ran = true }), "the lock was let go")
	assert.True(t, ran)
}

// Without Web Locks do runs at once.
func TestExclusiveWithoutLocks(t *testing.T) {
	for name, locks := range map[string]string{
		"none":    `undefined`,
		"refused": `{ request: async () => { throw new DOMException("", "SecurityError") } }`,
	} {
		t.Run(name, func(t *testing.T) {
			noFuncsLeft(t)
			replace(t, `navigator`, `locks`, `{ value: `+locks+` }`)
			ran := false
			err := browser.Exclusive("test", 5, func() { ran = true })
			require.NoError(t, err)
			assert.True(t, ran)
		})
	}
}
