package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/dist"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name                               string
		loader, runtime, wasm, rest, empty int64
		want                               []string
	}{
		{"at the limits", 6144, 2816, 252_000, 220_000, 400_000, nil},
		{"a large loader", 6150, 2000, 250_000, 200_000, 400_000, []string{"the loader is 6 bytes over its budget of 6144"}},
		{"a large program", 5000, 2000, 262_000, 200_000, 400_000, []string{"the program is 10000 bytes over its budget of 252000"}},
		{"a large rest", 5000, 2000, 252_000, 221_000, 400_000, []string{"the program with its rest is 1000 bytes over its budget of 472000"}},
		{"a large runtime", 5000, 2817, 250_000, 200_000, 400_000, []string{"the runtime is 1 bytes over its budget of 2816"}},
		{"all", 7144, 3816, 272_000, 210_000, 400_000, []string{"the loader is 1000", "the runtime is 1000", "the program is 20000", "with its rest is 10000"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			size := func(n int64) dist.Size { return dist.Size{Brotli: n} }
			err := check(sizes{dist.Sizes{Loader: size(test.loader), Runtime: size(test.runtime), Wasm: size(test.wasm), Rest: size(test.rest)}, size(test.empty)})
			if test.want == nil {
				assert.NoError(t, err)
			}
			for _, want := range test.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	var out strings.Builder
	require.NoError(t, report(&out, sizes{
		dist.Sizes{
			Loader:    dist.Size{Name: "keygen-auth.js", Raw: 20480, Gzip: 6144, Brotli: 5632},
			Runtime:   dist.Size{Name: "keygen-auth.runtime.js", Raw: 5120, Gzip: 2048, Brotli: 1536},
			Wasm:      dist.Size{Name: "keygen-auth.wasm", Raw: 1310720, Gzip: 368640, Brotli: 240000},
			Rest:      dist.Size{Name: "keygen-auth.rest.wasm", Raw: 1310720, Gzip: 368640, Brotli: 200000},
			Functions: 900, RestFunctions: 1200,
		},
		dist.Size{Name: "(an empty Go program)", Raw: 1572864, Gzip: 512000, Brotli: 400000},
	}))
	assert.Equal(t, strings.Join([]string{
		"  raw KiB  gzip KiB  brotli KiB   brotli bytes  functions",
		"     20.0       6.0         5.5           5632             keygen-auth.js",
		"      5.0       2.0         1.5           1536             keygen-auth.runtime.js",
		"   1280.0     360.0       234.4         240000        900  keygen-auth.wasm",
		"   1280.0     360.0       195.3         200000       1200  keygen-auth.rest.wasm",
		"   1536.0     500.0       390.6         400000             (an empty Go program)",
		"",
		"The program is 0.60 times the empty one (brotli), with its rest 1.10 times; the budgets are 0.63 and 1.18.",
		"The loader takes 5632 bytes (brotli); the budget is 6144. The runtime takes 1536; its budget is 2816.",
		"",
	}, "\n"), out.String())
}
