package keygentest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzDecodeLenient compares with a decoder that works bit by bit.
func FuzzDecodeLenient(f *testing.F) {
	for _, s := range []string{
		"", "=", "====", "A", "AA", "AA==", "AAA=", "YTpi", "Y=Tpi", "YQ=YQ", "YT=pi", "Y T\np\x00i", "YT-p_i", "YTpi\xff", "/+8", "AB=C",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		assert.Equal(t, bitwise(s), decodeLenient(s))
	})
}

func bitwise(s string) string {
	var out []byte
	var bits, have, digits uint
	for _, c := range []byte(s) {
		var six uint
		switch {
		case 'A' <= c && c <= 'Z':
			six = uint(c - 'A')
		case 'a' <= c && c <= 'z':
			six = uint(c-'a') + 26
		case '0' <= c && c <= '9':
			six = uint(c-'0') + 52
		case c == '+':
			six = 62
		case c == '/':
			six = 63
		case c == '=' && digits%4 >= 2:
			return string(out)
		default:
			continue
		}
		digits++
		bits, have = bits<<6|six, have+6
		if have >= 8 {
			have -= 8
			out = append(out, byte(bits>>have))
		}
	}
	return string(out)
}

func TestDecodeLenient(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "YWRhQGV4YW1wbGUuY29tOnB3", "ada@example.com:pw"},
		{"padded", "YTpiYw==", "a:bc"},
		{"padding missing", "YTpiYw", "a:bc"},
		{"foreign characters skipped", "Y*Tp\ni Yw==", "a:bc"},
		{"padding ends the text", "YTpiYw==YWFh", "a:bc"},
		{"padding too early is foreign", "Y=TpiYw==", "a:bc"},
		{"standard alphabet", "//+/", "\xff\xff\xbf"},
		{"URL-safe alphabet skipped", "__-_YQ==", "a"},
		{"six bits make no byte", "YTpiY", "a:b"},
	} {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, decodeLenient(c.in)) })
	}
}
