// Colours of cells in palettes.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/color/palette"
)

type gray uint8

func (g gray) RGBA() (r, gg, b, a uint32) { v := uint32(g) * 0x101; return v, v, v, 0xffff }
func main() {
	p := color.Palette{color.White, color.Black, gray(128)}
	fmt.Println(len(p), p[1], p.Index(gray(120)), p.Convert(gray(130)), p[2].(gray))
	for i, c := range p {
		r, _, _, _ := c.RGBA()
		fmt.Print(i, r, " ")
	}
	fmt.Println()
	im := image.NewPaletted(image.Rect(0, 0, 2, 2), p)
	im.Set(1, 1, color.Black)
	fmt.Println(im.Pix, im.At(1, 1), len(im.Palette), im.Palette[0])
	im2 := image.NewPaletted(image.Rect(0, 0, 1, 1), []color.Color{color.White, gray(3)})
	fmt.Println(im2.Palette.Index(gray(3)), len(palette.Plan9), palette.WebSafe[1])
}
