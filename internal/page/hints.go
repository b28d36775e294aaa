package page

import "strings"

// settings are the attributes of the script tag, without "data-". This and the
// other lists are divided by blanks.
const settings = "account host environment form storage load redirect token-name token-expiry public-key timeout allow-staff assets"

// The values of attributes by which a page asks for something.
const (
	shown   = "signed-in signed-out"
	actions = "sign-out renew show-password"
	paths   = "session.expiry user.id user.email user.fullName user.firstName user.lastName"
)

// near returns the one of some names that somebody may have meant by a name that
// is none of them, "" where none is near: others, too, put data- attributes on
// script tags.
func near(name, names string) string {
	best := ""
	for _, candidate := range strings.Fields(names) {
		switch d := distance(name, candidate); {
		case d == 0:
			return ""
		case d <= len(candidate)/4: // one letter in four
			best = candidate
		}
	}
	return best
}

// distance returns how many bytes must be added, removed or replaced to make one
// text of the other (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
