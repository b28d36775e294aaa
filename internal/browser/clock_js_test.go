package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

func TestPause(t *testing.T) {
	noFuncsLeft(t)
	began := time.Now()
	require.NoError(t, browser.Pause(20, browser.Value{}))
	require.NoError(t, browser.Pause(20, eval(t, `new AbortController().signal`)))
	assert.GreaterOrEqual(t, time.Since(began), 40*time.Millisecond)
}

func TestPauseEnds(t *testing.T) {
	noFuncsLeft(t)
	began := time.Now()
	assert.ErrorIs(t, browser.Pause(3_600_000, eval(t, `AbortSignal.abort()`)), browser.ErrAborted)
	assert.ErrorIs(t, browser.Pause(3_600_000, eval(t, `AbortSignal.timeout(20)`)), browser.ErrAborted)
	assert.Less(t, time.Since(began), waitLimit)
}

func TestOnline(t *testing.T) {
	assert.True(t, browser.Online())
	for value, want := range map[string]bool{`false`: false, `true`: true, `undefined`: true} {
		replace(t, `navigator`, `onLine`, `{ value: `+value+` }`)
		assert.Equal(t, want, browser.Online(), value)
	}
}
