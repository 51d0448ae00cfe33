"""Step 4, proof (parse, classify, bind, repair, trial run) and step 5, insertion (render in the notebook's idiom)."""
