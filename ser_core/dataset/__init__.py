"""From clips to rows of features, with altered copies; and the splits of them."""
