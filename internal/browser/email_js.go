package browser

import "strings"

// SendableEmail returns an email address with its domain in Punycode (xn--…) when
// the domain has letters outside ASCII. Some browsers do that in email fields, others
// do not. Any other text is returned unchanged.
func SendableEmail(email string) string {
	at, ascii := 0, true
	for i := range len(email) {
		if email[i] == '@' {
			at, ascii = i+1, true
		}
		ascii = ascii && email[i] < 0x80
	}
	if at == 0 || ascii {
		return email
	}
	url, _ := Window().Get("URL").New("http://" + email[at:])
	host, _ := url.Get("host").Text()
	if href, _ := url.Get("href").Text(); host == "" || strings.Contains(host, "%") || href != "http://"+host+"/" {
		return email
	}
	return email[:at] + host
}
