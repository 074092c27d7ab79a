project_name: "headwater"

constant: lake {
  value: "headwater" # the lake's database: the stack's output Database
}
