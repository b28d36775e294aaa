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
		name                         string
		loader, runtime, wasm, empty int64
		want                         []string
	}{
		{"at both limits", 6144, 2560, 448_000, 400_000, nil},
		{"a large loader", 6150, 2000, 430_000, 400_000, []string{"the loader is 6 bytes over its budget of 6144"}},
		{"a large module", 5000, 2000, 640_000, 400_000, []string{"the module is 1.60 times", "192000 bytes over its budget of 1.12 times (448000"}},
		{"a large runtime", 5000, 2561, 430_000, 400_000, []string{"the runtime is 1 bytes over its budget of 2560"}},
		{"all", 7144, 3560, 640_000, 400_000, []string{"the loader is 1000 bytes", "the runtime is 1000 bytes", "the module is 1.60"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := check(sizes{dist.Size{Brotli: test.loader}, dist.Size{Brotli: test.runtime}, dist.Size{Brotli: test.wasm}, dist.Size{Brotli: test.empty}})
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
		dist.Size{Name: "keygen-auth.js", Raw: 20480, Gzip: 6144, Brotli: 5632},
		dist.Size{Name: "keygen-auth.runtime.js", Raw: 5120, Gzip: 2048, Brotli: 1536},
		dist.Size{Name: "keygen-auth.wasm", Raw: 2621440, Gzip: 737280, Brotli: 600000},
		dist.Size{Name: "(an empty Go program)", Raw: 1572864, Gzip: 512000, Brotli: 400000},
	}))
	assert.Equal(t, strings.Join([]string{
		"  raw KiB  gzip KiB  brotli KiB   brotli bytes",
		"     20.0       6.0         5.5           5632  keygen-auth.js",
		"      5.0       2.0         1.5           1536  keygen-auth.runtime.js",
		"   2560.0     720.0       585.9         600000  keygen-auth.wasm",
		"   1536.0     500.0       390.6         400000  (an empty Go program)",
		"",
		"The module is 1.50 times the empty program (brotli); the budget is 1.12. With its runtime it takes 601536 bytes.",
		"The loader takes 5632 bytes (brotli); the budget is 6144. The runtime takes 1536; its budget is 2560.",
		"",
	}, "\n"), out.String())
}
