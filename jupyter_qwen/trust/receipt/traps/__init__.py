"""What a query may do to the rows without saying so: each trap is a function of one SELECT, silent when the data are innocent."""
