package chromium_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/chromium"
)

// program makes a directory with programs of these names.
func program(t *testing.T, names ...string) (dir string) {
	dir = t.TempDir()
	for _, name := range names {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755))
	}
	return dir
}

func TestFind(t *testing.T) {
	t.Run("prefers the program that the environment names", func(t *testing.T) {
		dir := program(t, "chromium", "mine")
		t.Setenv("PATH", dir)
		t.Setenv(chromium.PathVariable, filepath.Join(dir, "mine"))
		path, err := chromium.Find()
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(dir, "mine"), path)
	})
	t.Run("does not hide a wrong name in the environment", func(t *testing.T) {
		t.Setenv("PATH", program(t, "chromium"))
		t.Setenv(chromium.PathVariable, "/nowhere/chrome")
		_, err := chromium.Find()
		assert.ErrorContains(t, err, chromium.PathVariable)
		assert.ErrorContains(t, err, "/nowhere/chrome")
	})
	t.Run("takes the usual names in order", func(t *testing.T) {
		dir := program(t, "google-chrome", "chromium", "chromium-browser")
		t.Setenv("PATH", dir)
		t.Setenv(chromium.PathVariable, "")
		path, err := chromium.Find()
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(dir, "chromium"), path)
		dir = program(t, "chromium", "chromium-headless-shell")
		t.Setenv("PATH", dir)
		path, err = chromium.Find()
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(dir, "chromium-headless-shell"), path)
	})
	t.Run("says what to install", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		t.Setenv(chromium.PathVariable, "")
		_, err := chromium.Find()
		require.ErrorIs(t, err, chromium.ErrNotFound)
		assert.ErrorContains(t, err, "apt-get install chromium-headless-shell")
	})
}

func TestFindWhole(t *testing.T) {
	dir := program(t, "chromium-headless-shell", "chromium", "mine")
	t.Setenv("PATH", dir)
	for _, test := range []struct{ named, found string }{{"", "chromium"}, {"mine", "mine"}, {"chromium-headless-shell", "chromium"}} {
		named := test.named
		if named != "" {
			named = filepath.Join(dir, named)
		}
		t.Setenv(chromium.PathVariable, named)
		path, err := chromium.FindWhole()
		require.NoError(t, err)
		assert.Equal(t, filepath.Join(dir, test.found), path)
	}

	t.Setenv("PATH", program(t, "chromium-headless-shell"))
	t.Setenv(chromium.PathVariable, "")
	_, err := chromium.FindWhole()
	require.ErrorIs(t, err, chromium.ErrShell)
	assert.ErrorContains(t, err, "apt-get install chromium\"")
}

func TestOptionsStartABrowser(t *testing.T) {
	options, err := chromium.Options()
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()

	var sum int
	require.NoError(t, chromedp.Run(ctx, chromedp.Evaluate("1 + 2", &sum)))
	assert.Equal(t, 3, sum)
}
