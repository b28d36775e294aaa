package browser

import "strings"

// TimeOf returns the time (ISO 8601, UTC) that a duration from now, such as P1M
// or PT12H, or a time stands for, which the loader has checked; "" when it is not
// in the future.
func TimeOf(text string) string {
	at, _ := Window().Get("Date").New(text)
	if rest, ok := strings.CutPrefix(text, "P"); ok {
		at, _ = Window().Get("Date").New()
		number, clock := 0, ""
		for _, char := range rest {
			switch {
			case char == 'T':
				clock = "T"
			case char >= '0' && char <= '9':
				number = 10*number + int(char-'0')
			default:
				part := units[clock+string(char)]
				now, _ := at.Call("getUTC" + part.of)
				count, _ := now.Number()
				_, _ = at.Call("setUTC"+part.of, int(count)+number*part.times)
				number = 0
			}
		}
	}
	if ms, _ := at.Call("getTime"); !later(ms) {
		return ""
	}
	iso, _ := at.Call("toISOString")
	until, _ := iso.Text()
	return until
}

func later(ms Value) bool {
	at, _ := ms.Number()
	return at > float64(Now())
}

// units are those of durations, as the parts of a date that they change.
var units = map[string]struct {
	of    string
	times int
}{
	"Y": {"FullYear", 1}, "M": {"Month", 1}, "W": {"Date", 7}, "D": {"Date", 1},
	"TH": {"Hours", 1}, "TM": {"Minutes", 1}, "TS": {"Seconds", 1},
}
