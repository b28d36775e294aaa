package browser

import "strings"

// SendableEmail returns an email address as it is sent: a domain with letters
// beyond ASCII becomes the one that the network knows (xn--…), as some browsers do
// it in their fields and others do not. What is no such address is returned as it
// is.
func SendableEmail(email string) string {
	at, plain := 0, true
	for i := range len(email) {
		if email[i] == '@' {
			at, plain = i+1, true
		}
		plain = plain && email[i] < 0x80
	}
	if at == 0 || plain {
		return email
	}
	url, _ := Window().Get("URL").New("http://" + email[at:])
	host, _ := url.Get("host").Text()
	if href, _ := url.Get("href").Text(); host == "" || strings.Contains(host, "%") || href != "http://"+host+"/" {
		return email
	}
	return email[:at] + host
}
