package keygentest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	checkoutTTL    = 2629746 // seconds, a month
	checkoutTTLMin = 3600
	certificateRow = 60 // characters of a line
)

// A checkout is a license or machine file in the making: a signed copy of a document for use without a network.
type checkout struct {
	at       *time.Time // where the record keeps when it was checked out, which the file tells already
	noun     string     // license or machine
	record   linked
	secret   string // what an encrypted file is opened with
	scheme   string // of the license's policy
	includes map[string]inclusion
	related  checkoutRelationships

	encrypt   bool
	algorithm string // of the file: encoding and signing
	signing   string
	ttl       *int // seconds; nil means that it does not expire
	chosen    []string
}

// An inclusion is something that a file may carry along.
type inclusion struct {
	permission string // "" when none is needed
	records    func() []any
}

// checkOut answers POST with a resource and GET with the bare certificate.
func (x *exchange) checkOut(c checkout) (*reply, error) {
	if err := c.options(x); err != nil {
		return nil, err
	}
	*c.at = x.now
	certificate := c.certificate(x)
	if x.req.Method != http.MethodPost {
		rep := newReply(http.StatusOK)
		rep.body = []byte(certificate)
		rep.header.Set("Content-Type", "application/octet-stream")
		rep.header.Set("Content-Disposition", `attachment; filename="`+c.record.recordID()+`.lic"`)
		return rep, nil
	}
	return document(http.StatusOK, map[string]any{"data": resource{
		ID:   uuid.NewString(),
		Type: c.noun + "-files",
		Attributes: checkoutAttributes{
			certificate, c.algorithm, c.chosen, c.ttl, c.expiry(x), stamp(x.now),
		},
		Relationships: c.related,
	}}), nil
}

type checkoutAttributes struct {
	Certificate string   `json:"certificate"`
	Algorithm   string   `json:"algorithm"`
	Includes    []string `json:"includes"`
	TTL         *int     `json:"ttl"`
	Expiry      *string  `json:"expiry"`
	Issued      string   `json:"issued"`
}

type checkoutRelationships struct {
	Account     relationship  `json:"account"`
	Environment *relationship `json:"environment,omitempty"`
	License     relationship  `json:"license"`
	Machine     *relationship `json:"machine,omitempty"`
}

// options reads what is wanted from the body or, what is not there, from the query. Errors name the parameter in both
// cases.
func (c *checkout) options(x *exchange) error {
	if err := x.validate([]field{metaField(
		field{name: "encrypt", kind: kindBoolean},
		field{name: "ttl", kind: kindInteger, nullable: true},
		field{name: "algorithm", kind: kindString},
		field{name: "include", kind: kindArray, items: &field{kind: kindString}},
	)}); err != nil {
		return err
	}
	c.encrypt, _ = strconv.ParseBool(x.query.Get("encrypt"))
	if sent, _ := x.body.get("meta", "encrypt"); sent != nil {
		c.encrypt = sent.(bool)
	}
	for _, read := range []func(*exchange) error{c.readTTL, c.readAlgorithm, c.readIncludes} {
		if err := read(x); err != nil {
			return err
		}
	}
	return nil
}

func (c *checkout) readTTL(x *exchange) error {
	seconds := checkoutTTL
	sent, found := x.body.get("meta", "ttl")
	switch {
	case found && sent == nil, !found && x.query.Has("ttl") && x.query.Get("ttl") == "":
		return nil
	case found:
		seconds = integer(sent)
	case x.query.Has("ttl"):
		seconds, _ = strconv.Atoi(x.query.Get("ttl")) // 0, and refused, if it is no number
	}
	if seconds < checkoutTTLMin {
		return badRequest("CHECKOUT_TTL_INVALID", "must be greater than or equal to 3600 (1 hour)", &source{Parameter: "ttl"})
	}
	c.ttl = &seconds
	return nil
}

// readAlgorithm takes any algorithm of the service, in an encoding that is what encrypt asks for.
func (c *checkout) readAlgorithm(x *exchange) error {
	encoding := "base64"
	if c.encrypt {
		encoding = "aes-256-gcm"
	}
	c.signing = algorithmOf(c.scheme)
	wanted := x.query.Get("algorithm")
	if sent, _ := x.body.get("meta", "algorithm"); sent != nil {
		wanted = sent.(string)
	}
	if wanted != "" {
		before, after, _ := strings.Cut(wanted, "+")
		if before != encoding || !slices.Contains(algorithms, after) {
			return badRequest("CHECKOUT_ALGORITHM_INVALID", "invalid encryption or signing algorithm", &source{Parameter: "algorithm"})
		}
		c.signing = after
	}
	c.algorithm = encoding + "+" + c.signing
	return nil
}

func (c *checkout) readIncludes(x *exchange) error {
	c.chosen = []string{}
	if list := x.query.Get("include"); list != "" {
		c.chosen = strings.Split(list, ",")
	}
	if sent, _ := x.body.get("meta", "include"); sent != nil {
		c.chosen = []string{}
		for _, name := range sent.([]any) {
			c.chosen = append(c.chosen, name.(string))
		}
	}
	for _, name := range c.chosen {
		if _, known := c.includes[name]; !known {
			return badRequest("CHECKOUT_INCLUDE_INVALID", "invalid includes", &source{Parameter: "include"})
		}
	}
	for _, name := range c.chosen {
		if needed := c.includes[name].permission; needed != "" {
			if err := x.allow(needed); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *checkout) expiry(x *exchange) *string {
	if c.ttl == nil {
		return nil
	}
	return new(stamp(x.now.Add(time.Duration(*c.ttl) * time.Second)))
}

type certificateMeta struct {
	Issued string  `json:"issued"`
	Expiry *string `json:"expiry"`
	TTL    *int    `json:"ttl"`
}

// certificate signs the document, encoded or encrypted, and wraps it in lines.
func (c *checkout) certificate(x *exchange) string {
	content := struct {
		Data     any             `json:"data"`
		Included []any           `json:"included,omitempty"`
		Meta     certificateMeta `json:"meta"`
	}{Data: c.record.resource(x), Meta: certificateMeta{stamp(x.now), c.expiry(x), c.ttl}}
	for _, name := range c.chosen {
		content.Included = append(content.Included, c.includes[name].records()...)
	}
	enc := encrypted(mustMarshal(content), c.secret)
	if !c.encrypt {
		enc = base64.StdEncoding.EncodeToString(mustMarshal(content))
	}
	signature := x.account.signText(c.signing, c.noun+"/"+enc)
	envelope := mustMarshal(struct {
		Enc string `json:"enc"`
		Sig string `json:"sig"`
		Alg string `json:"alg"`
	}{enc, base64.StdEncoding.EncodeToString(signature), c.algorithm})

	label := strings.ToUpper(c.noun) + " FILE"
	var out strings.Builder
	out.WriteString("-----BEGIN " + label + "-----\n")
	for row := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(envelope)), certificateRow) {
		out.Write(append(row, '\n'))
	}
	out.WriteString("-----END " + label + "-----\n")
	return out.String()
}

func mustMarshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // only our own types get here
	}
	return raw
}

// encrypted seals text with AES-256-GCM and joins ciphertext, nonce and tag by dots.
func encrypted(text []byte, secret string) string {
	key := sha256.Sum256([]byte(secret))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has the right length
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	nonce := make([]byte, gcm.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := gcm.Seal(nil, nonce, text, nil)
	split := len(sealed) - gcm.Overhead()
	parts := []string{}
	for _, part := range [][]byte{sealed[:split], nonce, sealed[split:]} {
		parts = append(parts, base64.StdEncoding.EncodeToString(part))
	}
	return strings.Join(parts, ".")
}
