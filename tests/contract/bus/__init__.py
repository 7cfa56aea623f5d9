"""What every transport of the post promises."""
