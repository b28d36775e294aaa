package browser_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/browser"
)

func TestStorageFails(t *testing.T) {
	const key = "keygen-auth-test"
	for name, descriptor := range map[string]string{
		"blocked": `{ get() { throw new DOMException("canary", "SecurityError") } }`,
		"missing": `{ value: undefined }`,
		"null":    `{ value: null }`,
	} {
		for area, storage := range map[string]*browser.Storage{
			"localStorage": browser.LocalStorage, "sessionStorage": browser.SessionStorage,
		} {
			t.Run(name+" "+area, func(t *testing.T) {
				replace(t, `window`, area, descriptor)
				value, ok, err := storage.Get(key)
				assert.Error(t, err)
				assert.False(t, ok)
				assert.Empty(t, value)
				assert.Error(t, storage.Set(key, "secret"))
				assert.Error(t, storage.Remove(key))
			})
		}
	}
}

func TestStorageFull(t *testing.T) {
	const key = "keygen-auth-test"
	t.Cleanup(func() { _ = browser.LocalStorage.Remove(key) })
	require.NoError(t, browser.LocalStorage.Set(key, "old"))
	long := "x"
	for len(long) < 8<<20 {
		long += long
	}
	err := browser.LocalStorage.Set(key, long)
	var thrown *browser.Error
	require.True(t, errors.As(err, &thrown))
	assert.Equal(t, "QuotaExceededError", thrown.Name)
	value, ok, err := browser.LocalStorage.Get(key)
	require.NoError(t, err)
	assert.True(t, ok)
	assert.Equal(t, "old", value)
}

func TestStorage(t *testing.T) {
	for _, storage := range []*browser.Storage{browser.LocalStorage, browser.SessionStorage} {
		for _, key := range []string{"keygen-auth-test", "length", "getItem", "__proto__"} {
			value, ok, err := storage.Get(key)
			require.NoError(t, err)
			assert.False(t, ok, key)
			assert.Empty(t, value)
			require.NoError(t, storage.Set(key, "密码🔑"))
			value, ok, err = storage.Get(key)
			require.NoError(t, err)
			assert.True(t, ok, key)
			assert.Equal(t, "密码🔑", value)
			require.NoError(t, storage.Remove(key))
			require.NoError(t, storage.Remove(key), "also when there is none")
		}
	}
}
