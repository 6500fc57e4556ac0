module github.com/samber/lo

go 1.18

//
// Dependencies are excluded from releases. Please check CI.
//

require golang.org/x/exp v0.0.0-20220303212507-bbda1eaf7a17
