package postlink

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestShortenImports(t *testing.T) {
	types, code := []byte{1, 1, 0x60, 0, 0}, []byte{10, 0}
	imports := []byte{2, 2, 4, 'g', 'o', 'j', 's', 3, 'o', 'n', 'e', 0, 3, 4, 'g', 'o', 'j', 's', 5, 't', 'h', 'r', 'e', 'e', 0, 4}
	got, names, err := ShortenImports(module(types, imports, memory, code))
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"one": "a", "three": "b"}, names)
	want := []byte{2, 2, 4, 'g', 'o', 'j', 's', 1, 'a', 0, 3, 4, 'g', 'o', 'j', 's', 1, 'b', 0, 4}
	sections, err := parseModule(got)
	require.NoError(t, err)
	assert.Equal(t, []section{{1, types[1:]}, {2, want[1:]}, {5, memory[1:]}, {10, code[1:]}}, sections)
}

func TestShortenImportsRefuses(t *testing.T) {
	many := []byte{2, 27}
	for i := range byte(27) {
		many = append(many, 1, 'm', 1, 'A'+i, 0, 0)
	}
	for want, program := range map[string][]byte{
		"not a WebAssembly module": []byte("no"),
		"the program has none":     module(memory),
		"unexpected end":           module([]byte{2, 1, 1, 'm'}),
		"27 are more than letters": module(many),
		"two have the same name":   module([]byte{2, 2, 1, 'm', 1, 'f', 0, 0, 1, 'm', 1, 'f', 0, 0}),
	} {
		_, _, err := ShortenImports(program)
		assert.ErrorContains(t, err, want)
	}
}
