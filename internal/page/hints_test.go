package page

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/session"
)

// TestHintsKnowAll compares the lists with what there is.
func TestHintsKnowAll(t *testing.T) {
	assert.ElementsMatch(t, slices.Collect(maps.Keys(texts(&session.State{}, keygen.User{}))), strings.Fields(paths))

	table, err := os.ReadFile("../../docs/use.md")
	require.NoError(t, err)
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `data-([a-z-]+)` \\|").FindAllStringSubmatch(string(table), -1) {
		documented = append(documented, row[1])
	}
	assert.ElementsMatch(t, documented, strings.Fields(settings), "the table of attributes")
}

func TestNear(t *testing.T) {
	for name, meant := range map[string]string{
		"acount": "account", "enviroment": "environment", "publickey": "public-key", "storge": "storage", "allowstaff": "allow-staff",
		"account": "", "load": "", // right
		"cfasync": "", "astro-rerun": "", "loaded": "", "loader": "", "test": "", "hash": "", "format": "", "head": "", "turbo-track": "", "id": "", "": "",
	} {
		assert.Equal(t, meant, near(name, settings), name)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"abc", "abc", 0}, {"abc", "adc", 1}, {"abc", "ac", 1}, {"ac", "abc", 1},
		{"kitten", "sitting", 3}, {"ab", "ba", 2},
	} {
		assert.Equal(t, test.want, distance(test.a, test.b), "%s %s", test.a, test.b)
	}
}
