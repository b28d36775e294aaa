package postlink

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStart(t *testing.T) {
	sections := []section{
		{sectionType, []byte{1, 0x60, 1, 0x7f, 0}},
		{sectionImport, []byte{2, 1, 'm', 1, 'f', 0, 0, 1, 'm', 1, 'g', 0, 0}},
		{sectionFunction, []byte{1, 0}},
		{sectionMemory, memory[1:]},
		{sectionCode, []byte{1, 2, 0, 0x0b}},
		{sectionData, []byte{0}},
	}
	got, err := withStart(sections, []byte{0, 0x01, 0x0b})
	require.NoError(t, err)
	assert.Equal(t, []section{
		{sectionType, []byte{2, 0x60, 1, 0x7f, 0, 0x60, 0, 0}},
		sections[1],
		{sectionFunction, []byte{2, 0, 1}},
		sections[3],
		{sectionStart, []byte{3}}, // after two imported functions and one of the module
		{sectionCode, []byte{2, 2, 0, 0x0b, 3, 0, 0x01, 0x0b}},
		sections[5],
	}, got)

	_, err = withStart(got, nil)
	assert.EqualError(t, err, "the module has a start function")
	_, err = withStart(sections[1:], nil)
	assert.EqualError(t, err, "the module has 0 types, 1 functions and the code of 1")
	_, err = withStart(sections[:4], nil)
	assert.EqualError(t, err, "the module has 1 types, 1 functions and the code of 0")
	_, err = withStart([]section{{sectionType, nil}}, nil)
	assert.EqualError(t, err, "section 1: unexpected end")
}
