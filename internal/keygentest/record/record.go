// Package record holds what a real Keygen server answered, as tests compare it with keygentest and with the client.
//
// It was recorded on 28 November 2026 from a self-hosted Keygen, Community Edition, of the newest public source of that
// day (June 2026), set up for one account (single player) behind a reverse proxy, with an account made for it: all
// people, addresses and hosts in it are made up. The prose of errors is left out.
package record

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
)

//go:embed *.json.gz
var files embed.FS

// An Exchange is one request and its answer. In Path, Body and Credential "{12.data.id}" stands for a value in the body
// of the answer to the exchange with that index.
type Exchange struct {
	Name    string
	Request struct {
		Method, Path string
		Headers      map[string]string
		Body         string
		Client       string // address of the visitor; "" where it does not matter
		Credential   struct {
			Scheme string
			Text   string // what Basic encodes
			Base64 string // what Basic sends as it stands
			Token  string
		}
	}
	Answer struct {
		Status          int
		ContentType     string
		WWWAuthenticate string
		Window          string // of a throttle
		Limit           int
		Signed          bool
		Location        string // with "{id}" for what was made
		Body            any    // lists keep their first entry
		Count           int    // how many there were
		IDs             []string
	}
}

// A Signed is a whole answer of an account.
type Signed struct {
	Name, Method, Path, Host string
	Status                   int
	Headers                  map[string]string
	Body                     []byte
}

// A File is a license or machine file with what opens it.
type File struct {
	Scheme      string // of the license's policy; "" for none
	Kind        string // license or machine
	Query       string // of the check-out
	Algorithm   string
	Key         string // of the license
	Fingerprint string // of the machine
	Certificate string
}

// Exchanges returns those on signing in, users, licenses and machines, and the account's data before them, as
// keygentest's types name its members.
func Exchanges() (seed []byte, exchanges []Exchange) {
	read("exchanges", &exchanges)
	return unpack("seed"), exchanges
}

// Downloads returns those on releases and artifacts.
func Downloads() (seed []byte, exchanges []Exchange) {
	read("downloads", &exchanges)
	return unpack("downloads-seed"), exchanges
}

// SignedAnswers returns answers and the account's Ed25519 key in hex.
func SignedAnswers() (publicKey string, answers []Signed) {
	var all struct {
		PublicKey string
		Signed    []Signed
	}
	read("signed", &all)
	return all.PublicKey, all.Signed
}

// Files returns files of all schemes, and the Ed25519 key that signed some of them, in hex.
func Files() (publicKey string, list []File) {
	var all struct {
		PublicKeys struct{ Ed25519 string }
		Files      []File
	}
	read("files", &all)
	return all.PublicKeys.Ed25519, all.Files
}

func read(name string, into any) {
	if err := json.Unmarshal(unpack(name), into); err != nil {
		panic(fmt.Sprintf("record: %s: %v", name, err)) // the files are part of the program
	}
}

func unpack(name string) []byte {
	packed, err := files.ReadFile(name + ".json.gz")
	if err != nil {
		panic("record: " + err.Error())
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic("record: " + err.Error())
	}
	unpacked, err := io.ReadAll(reader)
	if err != nil {
		panic("record: " + err.Error())
	}
	return unpacked
}
