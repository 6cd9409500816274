"""Pictures and papers that people give: checked, made anew where they are pictures, encrypted where they are secret."""
